"""`check` says of every stage what is true of it, offline and without running anything; `fix` repairs it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from firstpush import api
from firstpush.config.own import read_folder
from firstpush.model.report import Report
from firstpush.platforms import Settings
from tests.examples.stages import STAGES, parameters

from materialise_stage import materialise  # isort: skip

assert STAGES


def predictions(folder: Path) -> list[Report]:
    """One report a root directory, as the command line makes them from the project's own configuration."""
    own = read_folder(folder)
    return [api.check(folder, Settings(platforms=own.platforms, root=root))[0] for root in own.roots or (None,)]


def first_causes(reports: list[Report]) -> set[str | None]:
    """What the user of each deployment meets first."""
    found: set[str | None] = set()
    for report in reports:
        for deployment in report.deployments:
            first = deployment.first_failure
            found.add(None if first is None else str(report.diagnostics[first].cause))
    return found


@pytest.mark.parametrize(("name", "stage"), parameters(verdict="fails"))
def test_what_fails_is_predicted_with_its_cause(name: str, stage: dict[str, Any], tmp_path: Path) -> None:
    reports = predictions(materialise(name, stage["dir"], tmp_path / name))
    verdicts = {deployment.verdict for report in reports for deployment in report.deployments}
    assert verdicts <= {"fails", "unknown"}
    assert verdicts, "no deployment was found"
    if verdicts == {"fails"}:
        assert first_causes(reports) == {stage["expect_causes"][0]}
    else:
        assert not stage.get("rehearsable", True), "only what cannot be rehearsed may stay unknown"


@pytest.mark.parametrize(("name", "stage"), parameters(verdict="passes"))
def test_what_works_is_not_called_broken(name: str, stage: dict[str, Any], tmp_path: Path) -> None:
    reports = predictions(materialise(name, stage["dir"], tmp_path / name))
    assert {deployment.verdict for report in reports for deployment in report.deployments} == {"passes"}
    assert first_causes(reports) == {None}


@pytest.mark.parametrize(("name", "stage"), parameters(kind="right-fix"))
def test_the_right_fix_has_no_error_and_no_warning(name: str, stage: dict[str, Any], tmp_path: Path) -> None:
    for report in predictions(materialise(name, stage["dir"], tmp_path / name)):
        told = [f"{d.code} {d.message}" for d in report.diagnostics if d.severity in ("error", "warning")]
        assert told == []


def test_the_whole_monorepo_is_seen(tmp_path: Path) -> None:
    folder = materialise("vocelio", "02", tmp_path / "vocelio")
    deployments = [d for report in predictions(folder) for d in report.deployments]
    assert len({d.root for d in deployments}) == 26
    assert "services/scripts" in {d.root for d in deployments}  # a name that is no app elsewhere


def test_the_mistyped_key_that_nobody_noticed_is_told(tmp_path: Path) -> None:
    folder = materialise("vocelio", "01", tmp_path / "vocelio")
    for other in sorted((folder / "services").iterdir())[1:]:
        shutil.rmtree(other)
    (folder / "firstpush.toml").unlink()
    report = api.check(folder, Settings(platforms=("railway",), root="services/agent-templates"))[0]
    told = [d for d in report.diagnostics if d.cause == "unknown-config-key"]
    assert [d.primary.span.path for d in told] == ["services/agent-templates/nixpacks.toml"]
    assert "nixPkgs" in told[0].help


@pytest.mark.parametrize("stage", ["02", "03", "05", "06"])
def test_what_the_user_meets_after_the_repair_is_told_at_once(stage: str, tmp_path: Path) -> None:
    """Stage 04 shows the clash; it waits behind the first failure of those around it, where the module is imported."""
    (report,) = predictions(materialise("apistox", stage, tmp_path / "apistox"))
    first = report.deployments[0].first_failure
    errors = [d for d in report.diagnostics if d.severity == "error"]
    assert [str(d.cause) for d in errors if report.diagnostics[first or 0] is not d] == ["dependency-conflict"]
    assert errors[-1].primary.span.path == "backend/apistox/features.py"
