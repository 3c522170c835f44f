"""The cascade closes: one repair of every failing stage and class leaves a project that is predicted to pass; the rest
of every file stays byte for byte, and a second run changes nothing."""

from __future__ import annotations

import sys
import tomllib
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from firstpush.api import check
from firstpush.fixes.engine import helpful
from firstpush.fixes.predict import predict
from firstpush.fixes.proposal import Situation
from firstpush.fixes.result import FixResult, fix
from firstpush.fixes.strategies import INSTALL, REPAIRS, proposals
from firstpush.fixes.workspace import Workspace
from firstpush.fixes.write import write
from firstpush.model.diagnostic import Applicability, Fix
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree
from firstpush.syntax.edit import Overlap

TASKS = Path(__file__).parents[2] / "tasks"
CLASSES = tomllib.loads((Path(__file__).parent / "classes.toml").read_text("utf-8"))
IDS = [row["id"] for row in CLASSES["class"]]


def stages() -> list[tuple[str, str]]:
    found = []
    for file in sorted((TASKS.parent / "examples").glob("*/stages.toml")):
        data = tomllib.loads(file.read_text("utf-8"))
        found += [(file.parent.name, row["dir"]) for row in data["stage"] if row["expect_verdict"] == "fails"]
    return [stage for stage in found if stage[0] != "vocelio" or stage[1].startswith("01")]


def class_project(row: dict[str, Any], folder: Path) -> tuple[Path, Settings]:
    for path, text in {**CLASSES["base"], **row["files"]}.items():
        if text:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text.removeprefix("\n"), encoding="utf-8")
    return folder, Settings(platforms=("railway",), env=row.get("env", {}), as_of="2026-11-20")


def repaired(
    folder: Path, settings: Settings, before: str = "fails", after: str = "passes", unsafe: bool = False
) -> FixResult:
    """Repair on disk, with everything that must hold for any repair."""
    tree = ProjectTree(folder)
    result = fix(tree, settings, unsafe=unsafe)
    for each in result.deployments:
        assert each.chosen is not None
        assert each.chosen.applicability is (Applicability.UNSAFE if unsafe else Applicability.SAFE)
        assert (each.before.verdict, each.verdict_after) == (before, after)
    write(folder, result.workspace.writes())
    report, _ = check(folder, settings)
    assert {deployment.verdict for deployment in report.deployments} == {after}
    assert not fix(ProjectTree(folder), settings).workspace.writes()
    return result


@pytest.mark.parametrize("number", range(len(IDS)), ids=IDS)
def test_classes(number: int, tmp_path: Path) -> None:
    row = CLASSES["class"][number]
    folder, settings = class_project(row, tmp_path)
    repaired(folder, settings, row.get("before", "fails"), row.get("after", "passes"), row.get("unsafe", False))


@pytest.mark.parametrize(("example", "stage"), stages(), ids=lambda value: str(value))
def test_stages(example: str, stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TASKS))
    sys.modules.pop("materialise_stage", None)
    from materialise_stage import find_stage, materialise

    folder = materialise(example, stage, tmp_path / "project")
    row = find_stage(example, stage)
    if example == "vocelio":
        row["root"] = "services/agents"  # one of 25 that are alike
    settings = Settings(
        platforms=(row["platform"],),
        root=row.get("root"),
        vercel_framework=row.get("vercel_framework"),
        as_of="2026-11-20",
    )
    repaired(folder, settings)


def test_comments_order_quotes_and_endings_stay(tmp_path: Path) -> None:
    data = (
        b"\xef\xbb\xbf# Railway\r\n[variables] # all of them\r\nLEVEL = '3'\r\n\r\n# why: pip is missing\r\n"
        b"[phases.setup]\r\nnixPkgs = ['python312', 'ffmpeg', 'python312Packages.pip'] # ffmpeg for previews\r\n\r\n"
        b"[phases.install]\r\ncmds = ['pip install -r requirements.txt']\r\n\r\n[start]\r\n"
        b"cmd = 'python -m uvicorn main:app --host 0.0.0.0 --port $PORT' # last"
    )
    row = {"files": {}}
    folder, settings = class_project(row, tmp_path)
    (folder / "nixpacks.toml").write_bytes(data)
    repaired(folder, settings)
    assert (folder / "nixpacks.toml").read_bytes() == (
        b"\xef\xbb\xbf# Railway\r\n[variables] # all of them\r\nLEVEL = '3'\r\n\r\n# why: pip is missing\r\n"
        b"[phases.setup]\r\nnixPkgs = ['...', 'ffmpeg'] # ffmpeg for previews\r\n\r\n[start]\r\n"
        b"cmd = 'python -m uvicorn main:app --host 0.0.0.0 --port $PORT' # last"
    )


def test_the_python_version_is_kept(tmp_path: Path) -> None:
    """nixPkgs asked for 3.11; the provider alone would take 3.12."""
    row = {
        "files": {
            "nixpacks.toml": '[phases.setup]\nnixPkgs = ["python311"]\n'
            '[phases.install]\ncmds = ["pip install -r requirements.txt"]\n'
        }
    }
    folder, settings = class_project(row, tmp_path)
    repaired(folder, settings)
    assert not (folder / "nixpacks.toml").exists()
    assert (folder / ".python-version").read_text() == "3.11\n"


def test_what_changes_behaviour_is_not_done_unasked(tmp_path: Path) -> None:
    """A key that never had effect, in a deployment that runs: renaming it would change what runs, deleting does not."""
    row = {"files": {"nixpacks.toml": '[phases.build]\ncmd = "python -m compileall ."\n'}}
    folder, settings = class_project(row, tmp_path)
    result = fix(ProjectTree(folder), settings)
    (only,) = result.deployments
    assert only.before.verdict == "passes"
    assert only.chosen is not None
    assert only.chosen.applicability is Applicability.SAFE
    assert [each.after for each in result.workspace.writes()] in ([b""], [None])


@pytest.mark.parametrize("way", INSTALL)
def test_every_way_says_what_it_costs(way: str, tmp_path: Path) -> None:
    row = next(row for row in CLASSES["class"] if row["id"] == "F04")
    folder, settings = class_project(row, tmp_path)
    result = fix(ProjectTree(folder), settings, strategy=way)
    (only,) = result.deployments
    assert [each.name for each in only.ways] == [way]
    told = only.ways[0].fix()
    assert isinstance(told, Fix)
    assert told.cost
    if way == "nix":
        assert told.applicability is Applicability.MANUAL
        assert told.question
        assert only.chosen is None
    elif way != "uv":
        assert only.verdict_after == "passes"


@pytest.mark.parametrize("number", range(len(IDS)), ids=IDS)
def test_proposals_compose_in_any_order_or_are_refused(number: int, tmp_path: Path) -> None:
    folder, settings = class_project(CLASSES["class"][number], tmp_path)
    tree = ProjectTree(folder)
    (prediction,) = predict(tree, settings)
    offered = list(proposals(Situation(tree, settings, prediction), None))
    for one, other in combinations(offered, 2):
        if {change.path for change in (*one.files, *other.files)}:
            continue
        results = []
        for edits in ((*one.edits, *other.edits), (*other.edits, *one.edits)):
            try:
                results.append(Workspace.of(tree).edited(edits).writes())
            except Overlap:
                results.append(None)
        assert results[0] == results[1]


def test_a_proposal_that_does_not_help_is_not_kept(tmp_path: Path) -> None:
    row = next(row for row in CLASSES["class"] if row["id"] == "F02")
    folder, settings = class_project(row, tmp_path)
    tree = ProjectTree(folder)
    (prediction,) = predict(tree, settings)
    situation = Situation(tree, settings, prediction)
    from firstpush.fixes.proposal import Proposal
    from firstpush.model.diagnostic import Edit
    from firstpush.model.text import Span

    useless = Proposal("x", "adds a comment", (Edit(Span("nixpacks.toml", 0, 0), "# c\n"),))
    worse = Proposal("y", "breaks the file", (Edit(Span("nixpacks.toml", 0, 0), "[[\n"),))
    beyond = Proposal("z", "no such place", (Edit(Span("nixpacks.toml", 9999, 9999), "x"),))
    assert list(helpful(situation, Workspace.of(tree), iter([useless, worse, beyond]))) == []


def test_every_strategy_is_registered() -> None:
    folder = Path(fix.__code__.co_filename).parent / "strategies"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "nixpacks_install", "command_words"}
    assert modules == {name.replace("-", "_") for name in (*INSTALL, *REPAIRS)}


@pytest.mark.parametrize("number", range(len(IDS)), ids=IDS)
def test_a_repair_is_held_to_what_check_says(number: int, tmp_path: Path) -> None:
    folder, settings = class_project(CLASSES["class"][number], tmp_path)
    tree = ProjectTree(folder)
    report, _ = check(tree, settings)
    predictions = predict(tree, settings)
    assert [each.verdict for each in report.deployments] == [each.verdict for each in predictions]
    assert [(each.code, each.message) for each in report.diagnostics] == [
        (each.code, each.message) for one in predictions for each in one.diagnostics
    ]
