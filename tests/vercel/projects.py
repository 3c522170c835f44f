"""The described projects and what the real `vercel build` did with them, for the tests of this folder."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

HERE = Path(__file__).parent
PROJECTS = HERE / "projects"
RECORDED = HERE / "recorded"

#: The day on which the hosted service built with that version of the command line. The build image's Python became
#: uv-managed on 2026-01-20, between the release of 50.4.0 and that of the next version that is recorded.
DAYS = {"64.0.2": None, "50.31.0": "2026-03-10", "50.22.0": "2026-02-19", "50.4.0": "2026-01-25"}

NAMES = sorted(path.stem for path in PROJECTS.glob("*.toml"))
Json = dict[str, Any]


def described(name: str) -> Json:
    return tomllib.loads((PROJECTS / f"{name}.toml").read_text(encoding="utf-8"))


def recorded(name: str) -> Json:
    value: Json = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return value


def results() -> list[tuple[str, str]]:
    """Every (project, version of the command line) with a recorded result."""
    return [(name, version) for name in NAMES for version in recorded(name)]


def tree(name: str, folder: Path) -> ProjectTree:
    """The project's files in a folder."""
    about = described(name)
    for file, text in about["files"].items():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-16" if file in about.get("utf16", []) else "utf-8")
        if text.startswith("#!"):
            target.chmod(0o755)
    pulled = {key: value for key, value in about.get("settings", {}).items() if key != "framework"}
    if pulled:
        (folder / ".vercel").mkdir(parents=True, exist_ok=True)
        (folder / ".vercel" / "project.json").write_text(json.dumps({"settings": pulled}), encoding="utf-8")
    return ProjectTree(folder)


def settings(name: str, version: str = "64.0.2") -> Settings:
    """What the oracle was told, as settings of ours."""
    about = described(name)
    preset = about.get("settings", {}).get("framework")
    # `VERCEL_FIRST_DEPLOYMENT` makes the real one detect the preset; ours is told what it detected.
    if preset is None and about.get("env", {}).get("VERCEL_FIRST_DEPLOYMENT"):
        preset = "fastapi"
    return Settings(platforms=("vercel",), vercel_framework=preset or "other", as_of=DAYS[version])
