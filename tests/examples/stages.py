"""The examples' stages as test parameters; tasks/ is not a package, so its modules are found by path here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TASKS = REPOSITORY / "tasks"
if str(TASKS) not in sys.path:
    sys.path.insert(0, str(TASKS))

from materialise_stage import EXAMPLES, read_stages  # noqa: E402

NAMES = sorted(p.parent.name for p in EXAMPLES.glob("*/stages.toml"))
STAGES: list[tuple[str, dict[str, Any]]] = [(name, stage) for name in NAMES for stage in read_stages(name)["stage"]]


def parameters(kind: str | None = None, verdict: str | None = None, rehearsable: bool = False) -> list[Any]:
    """pytest parameters (example, stage) of the wanted stages."""
    return [
        pytest.param(name, stage, id=f"{name}-{stage['dir']}")
        for name, stage in STAGES
        if kind in (None, stage["kind"])
        and verdict in (None, stage["expect_verdict"])
        and (stage.get("rehearsable", True) or not rehearsable)
    ]
