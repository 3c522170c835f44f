"""End to end: every stage is rehearsed and says what the document's failure said; every failing one is repaired and
rehearsed green. The same as `python tasks/replay_seeds.py --fix`, stage by stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.examples.stages import TASKS, parameters

from materialise_stage import materialise  # isort: skip
from replay_seeds import judge, predict, rehearse, repair, run, sampled  # isort: skip

assert TASKS.is_dir()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.network,
    pytest.mark.process,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a rehearsal needs Linux"),
]
SECONDS = 600.0


def one_service(folder: Path, stage: dict[str, Any]) -> list[str]:
    """All Vocelio services share their configuration: one stands for them."""
    return ["--root", sampled(folder, stage)] if "each" in stage else []


@pytest.mark.parametrize(("name", "stage"), parameters(rehearsable=True))
def test_the_stage_does_what_is_said_of_it(name: str, stage: dict[str, Any], tmp_path: Path) -> None:
    folder = materialise(name, stage["dir"], tmp_path / name)
    rehearsed, said = rehearse(folder, stage, one_service(folder, stage), SECONDS)
    if rehearsed.verdict == "-":
        pytest.skip(rehearsed.note)
    assert judge(stage, predict(folder, stage), rehearsed, said) == []
    assert "disagrees" not in rehearsed.note


@pytest.mark.parametrize(("name", "stage"), parameters(verdict="fails", rehearsable=True))
def test_one_run_of_fix_makes_it_green(name: str, stage: dict[str, Any], tmp_path: Path) -> None:
    folder = materialise(name, stage["dir"], tmp_path / name)
    fixed, rehearsed = repair(folder, stage, one_service(folder, stage), SECONDS, real=True)
    assert (fixed.verdict, fixed.cause) == ("passes", None)
    if rehearsed.verdict == "-":
        pytest.skip(rehearsed.note)
    assert (rehearsed.verdict, rehearsed.cause) == ("passes", None), rehearsed.note


def test_all_26_services_answer_in_one_command(tmp_path: Path) -> None:
    folder = materialise("vocelio", "05", tmp_path / "vocelio")
    code, answer, error, _ = run(["rehearse", str(folder), "--format", "json", "--jobs", "2"], SECONDS)
    if code == 6:
        pytest.skip(error)
    rehearsals = answer["rehearsals"]
    assert len(rehearsals) == 26
    assert {one["verdict"] for one in rehearsals} == {"passes"}
    for one in rehearsals:
        assert [probe["status"] for probe in one["probes"]] == [200, 200]


def test_resumate_answers_on_a_real_postgres(tmp_path: Path) -> None:
    folder = materialise("resumate", "06", tmp_path / "resumate")
    code, answer, error, _ = run(["rehearse", str(folder), "--format", "json", "--with", "postgres"], SECONDS)
    if code == 6:
        pytest.skip(error)
    (one,) = answer["rehearsals"]
    assert one["verdict"] == "passes", one
    assert len(one["probes"]) >= 3
