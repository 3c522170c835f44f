"""The main job on a real example: predict, repair, rehearse.

    python tasks/demo.py [EXAMPLE] [STAGE]

Takes a failing stage of one of the examples (default: the venv story of the second seed document, at the commit where
`ensurepip` was refused) into a scratch folder and runs `firstpush check`, `fix` and `rehearse` on it, showing each
command as a user would type it.
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


def show(command: list[str], folder: Path) -> int:
    """Run one command in the scratch folder, announced as a user would type it."""
    print(f"\n$ firstpush {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, "-m", "firstpush", *command], cwd=folder, check=False).returncode


def main() -> int:
    example, stage = [*sys.argv[1:3], *("nix-venv", "04-ensurepip")[len(sys.argv[1:3]) :]]
    with tempfile.TemporaryDirectory(prefix="firstpush-demo-") as scratch:
        folder = materialise(example, stage, Path(scratch) / "app")
        print(f"examples/{example}, stage {stage}, in a scratch folder:", flush=True)
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
