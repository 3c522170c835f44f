"""The model against what the real `vercel build` did: builders, entry points, requirements, refusals, words."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.model.diagnostic import Severity
from firstpush.model.plan import Plan
from firstpush.platforms.vercel import plans
from firstpush.platforms.vercel.manifest import name_of
from tests.vercel import projects

RESULTS = projects.results()

#: Failures that only running the commands shows; the simulator judges them (test_simulated.py).
BY_COMMAND = "BUILD_UTILS_SPAWN"
#: What cannot be known from the files: what a command writes, and what the package index has.
NOT_IN_THE_FILES = {"size-custom-install", "size-default-install", "deps-no-such-package", "deps-no-such-version"}
#: Green for Vercel, and broken all the same: the app does not answer, or the server refuses the file.
GREEN_AND_BROKEN = {
    "vercel-published-sources",
    "vercel-api-without-handler",
    "vercel-install-not-bundled",
    "vercel-server-refuses-config",
    "vercel-builds-match-nothing",
    "vercel-nothing-installed",
    "vercel-route-misses-function",
}


def plan_of(name: str, version: str, folder: Path) -> Plan | None:
    found = plans(projects.tree(name, folder), projects.settings(name, version))
    assert len(found) < 2
    return found[0] if found else None


def test_there_are_enough_projects_and_results() -> None:
    assert len(projects.NAMES) >= 40
    assert {version for _, version in RESULTS} == set(projects.DAYS)
    assert {path.stem for path in projects.RECORDED.glob("*.json")} == set(projects.NAMES)


@pytest.mark.parametrize(("name", "version"), RESULTS)
def test_the_same_builders_run(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    plan = plan_of(name, version, tmp_path)
    if plan is None or not real["builders"]:
        return
    ours = sorted(builder["use"] for builder in plan.native["builders"])
    theirs = sorted(builder["use"].rpartition("@")[0] or builder["use"] for builder in real["builders"])
    theirs = [use if use.startswith("@vercel/") else builder["use"] for use, builder in zip(theirs, real["builders"])]
    if name == "config-python-old":
        theirs = ["@vercel/python"]
    assert ours == sorted(theirs)


@pytest.mark.parametrize(("name", "version"), RESULTS)
def test_the_same_entry_point_and_python(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    plan = plan_of(name, version, tmp_path)
    made = sorted((item for item in real["functions"] if item["entrypoint"]), key=lambda item: item["entrypoint"])
    if plan is None or not made:
        return
    ours = sorted(plan.native["functions"], key=lambda item: item["source"])
    if any("cannot read" in note for note in plan.notes):
        return  # syntax that is newer than the Python that runs firstpush
    assert [item["entrypoint"] for item in ours] == [item["entrypoint"] for item in made]
    assert [item["runtime"] for item in ours] == [item["runtime"] for item in made]
    for mine, theirs in zip(ours, made):
        assert theirs["variable"] in (None, mine["variable"])


@pytest.mark.parametrize(("name", "version"), RESULTS)
def test_the_default_install_bundles_what_the_manifest_says(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    plan = plan_of(name, version, tmp_path)
    own = any(step.builder_phase == "install" for step in plan.steps if step.id.startswith("python")) if plan else True
    if plan is None or own or real["outcome"] == "failure" or name == "deps-lock-lacks-one":
        return
    for mine, theirs in zip(plan.native["functions"], real["functions"]):
        wanted = {name for text in mine["requirements"] if (name := name_of(text)) is not None}
        assert wanted <= set(theirs["distributions"])
        if not mine["requirements"]:
            assert set(theirs["distributions"]) <= {"pip", "vercel-runtime"}


@pytest.mark.parametrize(("name", "version"), RESULTS)
def test_what_stops_the_build_is_told_and_nothing_else(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    plan = plan_of(name, version, tmp_path)
    errors = [p for p in plan.problems if p.severity is Severity.ERROR] if plan is not None else []
    stopping = [problem for problem in errors if problem.key not in GREEN_AND_BROKEN]
    if name == "deps-lock-lacks-one":
        stopping = []  # installed without it: green, and broken
    if real["outcome"] == "success":
        assert not stopping, [problem.message for problem in stopping]
        return
    if BY_COMMAND in str(real["error"]["code"]) or name in NOT_IN_THE_FILES:
        return
    assert stopping, real["error"]
    code, words = real["error"]["code"], real["error"]["message"].partition("\n")[0]
    if isinstance(code, str) and code.isupper() and name != "deps-pyproject-broken":
        assert any(words in (problem.output or "") for problem in stopping), (words, [p.output for p in stopping])


@pytest.mark.parametrize("name", [name for name in projects.NAMES if name.startswith("front-")])
def test_a_front_end_without_python_gives_nothing(name: str, tmp_path: Path) -> None:
    plan = plan_of(name, "64.0.2", tmp_path)
    assert plan is None or (name == "front-node-with-api" and not plan.problems)
