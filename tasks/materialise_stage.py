"""Lay one stage of an example deployment into a folder.

In: an example's name or folder, a stage's name (`02-plain-pip`, `02` or `2` will do) and a destination that does not
exist yet or is empty. Out: the destination holds `app/`, with the stage's own files over it, as the platform would
have been given it. `python tasks/materialise_stage.py EXAMPLE STAGE DEST` does the same from a shell.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
# Left behind by tools or there for git's sake; never part of what is deployed.
IGNORED = shutil.ignore_patterns(".gitkeep", "__pycache__", "*.pyc", ".*_cache", ".venv", "*.db")


class StageError(ValueError):
    """An example, a stage or a destination that cannot be used. The message says which, and what there is."""


def example_folder(example: str | Path) -> Path:
    """The folder of an example, given its name or its folder. Raises StageError if there is none."""
    for folder in (Path(example), EXAMPLES / example):
        if (folder / "stages.toml").is_file():
            return folder.resolve()
    known = ", ".join(sorted(p.parent.name for p in EXAMPLES.glob("*/stages.toml")))
    raise StageError(f"no example {str(example)!r}; there are: {known}")


def read_stages(example: str | Path) -> dict[str, Any]:
    """stages.toml of an example, with the top-level defaults filled into each stage."""
    data = tomllib.loads((example_folder(example) / "stages.toml").read_text(encoding="utf-8"))
    shared = {k: v for k, v in data.items() if k not in {"stage", "probe", "title"}}
    data["stage"] = [{**shared, **stage} for stage in data["stage"]]
    return data


def find_stage(example: str | Path, stage: str | int) -> dict[str, Any]:
    """The stage whose folder is `stage` or starts with that number. Raises StageError if there is none."""
    stages: list[dict[str, Any]] = read_stages(example)["stage"]
    wanted = Path(str(stage)).name
    for row in stages:
        number = row["dir"].split("-", 1)[0]
        if wanted in {row["dir"], number, number.lstrip("0")}:
            return row
    raise StageError(f"no stage {stage!r} in {example}; there are: " + ", ".join(row["dir"] for row in stages))


def materialise(example: str | Path, stage: str | int, dest: str | Path) -> Path:
    """Copy `app/` and then the stage's files to `dest`; returns the project root inside it (`dest` itself).

    A stage may `remove` files of app/, and a stage with `each` lays its files into every folder that matches.
    Raises StageError for an unknown example or stage and for a destination that already holds something.
    """
    folder, row, target = example_folder(example), find_stage(example, stage), Path(dest)
    if target.exists() and any(target.iterdir()):
        raise StageError(f"{target} is not empty")
    shutil.copytree(folder / "app", target, ignore=IGNORED, dirs_exist_ok=True)
    places = sorted(p for p in target.glob(row["each"]) if p.is_dir()) if "each" in row else [target]
    for place in places:
        for name in row.get("remove", []):
            (place / name).unlink()
        shutil.copytree(folder / "stages" / row["dir"], place, ignore=IGNORED, dirs_exist_ok=True)
    return target


def main(argv: list[str] | None = None) -> int:
    """Command line entry. Exit code 2 for anything that cannot be laid out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("example")
    parser.add_argument("stage")
    parser.add_argument("dest", type=Path)
    args = parser.parse_args(argv)
    try:
        print(materialise(args.example, args.stage, args.dest))
    except StageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
