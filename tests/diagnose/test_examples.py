"""What the failing stages of the examples print, held against their projects: cause and guilty file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firstpush.api import diagnose
from tests.examples.stages import STAGES

QUOTED = [
    pytest.param(name, stage, id=f"{name}-{stage['dir']}")
    for name, stage in STAGES
    if stage["expect_verdict"] == "fails" and stage.get("quote")
]


@pytest.mark.parametrize(("example", "stage"), QUOTED)
def test_the_words_alone(example: str, stage: dict[str, Any]) -> None:
    """Without the project a symptom may stand for its cause."""
    symptoms = {"start-python-mismatch": "module-not-found-at-start"}
    expected = stage["expect_causes"][0]
    assert [cause.cause for cause in diagnose(stage["quote"]).causes][:1] == [symptoms.get(expected, expected)]


@pytest.mark.parametrize(("example", "stage"), QUOTED)
def test_the_words_in_the_project(example: str, stage: dict[str, Any], tmp_path: Path) -> None:
    from materialise_stage import materialise

    folder = materialise(example, stage["dir"], tmp_path / "project")
    best = diagnose(stage["quote"], folder).causes[0]
    assert best.cause == stage["expect_causes"][0]
    assert best.config is not None
    assert (folder / best.config.path).is_file()
