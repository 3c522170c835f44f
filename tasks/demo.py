"""The main job on a real example: predict, repair, rehearse.

    python tasks/demo.py [EXAMPLE] [STAGE]

Takes a failing stage of one of the examples (default: the venv story of the second seed document, at the commit where
`ensurepip` was refused) into a scratch folder and runs `firstpush check`, `fix` and `rehearse` on it, showing each
command as a user would type it. A rehearsal needs a Python of the platform's minor version: where this machine has
another one, the default example asks for that one, and the output says so.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tasks.materialise_stage import materialise  # noqa: E402

COULD_NOT_REHEARSE = 6
DEFAULT = ("nix-venv", "04-ensurepip")
DEFAULT_PYTHON = "3.12"
OTHER_PYTHONS = ("3.13", "3.11")


def show(command: list[str], folder: Path) -> int:
    """Run one command in the scratch folder, announced as a user would type it."""
    print(f"\n$ firstpush {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, "-m", "firstpush", *command], cwd=folder, check=False).returncode


def python_of_this_machine() -> str:
    """The minor version that the default example is rehearsed with."""
    from firstpush.rehearsal.replica import interpreters

    here = {python.minor for python in [*interpreters.find(), *interpreters.find_system()]}
    return next((minor for minor in (DEFAULT_PYTHON, *OTHER_PYTHONS) if minor in here), DEFAULT_PYTHON)


def ask_for(python: str, folder: Path) -> None:
    """Let the example name another Python, in nixpacks.toml and in .python-version."""
    from firstpush.facts import table

    nixpacks = folder / "nixpacks.toml"
    (folder / ".python-version").write_text(f"{python}\n", "utf-8")
    package, wanted = (f"python{minor.replace('.', '')}" for minor in (DEFAULT_PYTHON, python))
    names = f'nixPkgs = ["{wanted}"]'
    if python == "3.13":  # Nixpacks' default package set is older than that
        names += f'\nnixpkgsArchive = "{table("nixpacks")["python"]["archive"]}"'
    nixpacks.write_text(nixpacks.read_text("utf-8").replace(f'nixPkgs = ["{package}"]', names), "utf-8")
    print(f"({wanted} instead of {package}: this machine has Python {python})", flush=True)


def main() -> int:
    example, stage = [*sys.argv[1:3], *DEFAULT[len(sys.argv[1:3]) :]]
    with tempfile.TemporaryDirectory(prefix="firstpush-demo-") as scratch:
        folder = materialise(example, stage, Path(scratch) / "app")
        print(f"examples/{example}, stage {stage}, in a scratch folder:", flush=True)
        if (example, stage) == DEFAULT and (python := python_of_this_machine()) != DEFAULT_PYTHON:
            ask_for(python, folder)
        show(["check"], folder)
        show(["fix", "--write"], folder)
        predicted = show(["check"], folder)
        rehearsed = show(["rehearse"], folder)
    if rehearsed == COULD_NOT_REHEARSE:
        print("\nIt cannot be rehearsed on this machine (see above): the prediction stands.")
        return predicted
    return predicted or rehearsed


if __name__ == "__main__":
    sys.exit(main())
