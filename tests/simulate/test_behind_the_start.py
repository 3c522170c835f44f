"""What waits behind a start that cannot reach its program, and behind an install that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from tests.simulate.test_plan_run import APP, FILES, START, VENV, run, told

CLASH = {"main.py": "from rdkit import Chem\n" + APP, "requirements.txt": "fastapi\nuvicorn\nrdkit-pypi\nnumpy\n"}
HELD = {**CLASH, "requirements.txt": "fastapi\nuvicorn\nrdkit-pypi\nnumpy<2\n"}
INSTALL = "pip install -r requirements.txt"


@pytest.mark.parametrize(
    ("start", "first"),
    [
        (START, Cause.SCRIPT_NOT_ON_PATH),
        ("exec " + START, Cause.SCRIPT_NOT_ON_PATH),
        ("python -m " + START, Cause.START_PYTHON_MISMATCH),
    ],
)
def test_a_clash_waits_behind_the_program(tmp_path: Path, start: str, first: Cause) -> None:
    simulation = run(tmp_path, [VENV], start, files=CLASH)
    assert told(simulation) == [("start", first, False), ("start", Cause.DEPENDENCY_CONFLICT, True)]
    label = simulation.start.outcome.failures[1].label if simulation.start else None
    assert label is not None
    assert (label.span.path, label.span.start) == ("main.py", 0)


@pytest.mark.parametrize(
    ("line", "cause"),
    [("import requests\n", Cause.MISSING_DEPENDENCY), ("", None)],
)
def test_a_missing_dependency_waits_too(tmp_path: Path, line: str, cause: Cause | None) -> None:
    behind = [("start", cause, True)] if cause is not None else []
    found = told(run(tmp_path, [VENV], files={**FILES, "main.py": line + APP}))
    assert found == [("start", Cause.SCRIPT_NOT_ON_PATH, False), *behind]


def test_an_app_that_is_not_there_waits_too(tmp_path: Path) -> None:
    found = told(run(tmp_path, [VENV], "uvicorn app:app --port $PORT"))
    assert found == [("start", Cause.SCRIPT_NOT_ON_PATH, False), ("start", Cause.WRONG_ENTRYPOINT_PATH, True)]


def test_what_no_requirement_makes_clash_waits_for_nothing(tmp_path: Path) -> None:
    assert told(run(tmp_path, [VENV], files=HELD)) == [("start", Cause.SCRIPT_NOT_ON_PATH, False)]


def test_with_two_installs_it_is_not_known_what_waits(tmp_path: Path) -> None:
    other = VENV.replace("/opt/venv", "/opt/other")
    assert told(run(tmp_path, [VENV, other], files=CLASH)) == [("start", Cause.SCRIPT_NOT_ON_PATH, False)]


@pytest.mark.parametrize("start", [START, "python -m " + START])
@pytest.mark.parametrize(
    ("install", "first"),
    [
        (INSTALL, Cause.PIP_COMMAND_NOT_FOUND),
        ("python -m " + INSTALL, Cause.NO_MODULE_PIP),
        ("python -m pip install --user -r requirements.txt", Cause.NO_MODULE_PIP),
    ],
)
def test_a_clash_waits_behind_an_install_that_failed(tmp_path: Path, install: str, first: Cause, start: str) -> None:
    found = told(run(tmp_path, [install], start, files=CLASH))
    assert found == [("s0", first, False), ("start", Cause.DEPENDENCY_CONFLICT, True)]
    assert told(run(tmp_path, [install], start, files=HELD)) == [("s0", first, False)]


def test_what_another_environment_has_is_not_missed(tmp_path: Path) -> None:
    """The server fails to be installed; the app's own packages lie in an environment that the start may well use."""
    commands = ["python -m venv /opt/venv && /opt/venv/bin/pip install fastapi", "pip install uvicorn"]
    found = told(run(tmp_path, commands))
    assert found == [("s1", Cause.PIP_COMMAND_NOT_FOUND, False)]


def test_only_what_clashes_is_broken(tmp_path: Path) -> None:
    """The other side of the clash is brought along and works when it is imported alone."""
    files = {**CLASH, "main.py": "import numpy\n" + APP}
    assert told(run(tmp_path, [VENV], paths=("/opt/venv/bin",), files=files)) == []
