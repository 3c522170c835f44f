"""Helpers for tests of plans: a project in a folder from a mapping of paths to contents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firstpush.model.plan import Plan, PlanProblem
from firstpush.model.text import Span
from firstpush.platforms import nixpacks
from firstpush.project.tree import ProjectTree


def project(folder: Path, files: Mapping[str, str | bytes]) -> ProjectTree:
    """The files written below `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return ProjectTree(folder)


def planned(folder: Path, files: Mapping[str, str | bytes], **options: Any) -> Plan:
    """Nixpacks' plan of these files."""
    return nixpacks.plan(project(folder, files), **options)


def phase(plan: Plan, name: str) -> dict[str, Any]:
    """A phase in Nixpacks' own format."""
    found: dict[str, Any] = plan.native["phases"][name]
    return found


def problem(plan: Plan, key: str) -> PlanProblem:
    """The one problem of this key."""
    found = [item for item in plan.problems if item.key == key]
    assert len(found) == 1, [item.key for item in plan.problems]
    return found[0]


def keys(plan: Plan) -> list[str]:
    return [item.key for item in plan.problems]


def covered(tree_folder: Path, span: Span | None) -> str:
    """The text of the file that a span covers."""
    assert span is not None
    return (tree_folder / span.path).read_bytes()[span.start : span.end].decode()
