"""Prediction equals rehearsal, command by command, for generated projects. Each disagreement is a bug of ours.

The default run takes a few of them; `-m slow` takes all. They need no package index: what they install is here.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from firstpush import api
from firstpush.model.outcome import Verdict
from firstpush.platforms import Settings
from firstpush.rehearsal import RehearsalOptions, rehearse
from firstpush.rules.judgement import simulation_of
from tests.rehearsal import plans
from tests.rehearsal.conftest import needs_python

pytestmark = [pytest.mark.sandbox]

PACKAGES = {
    "default": None,
    "python": ["python311"],
    "pip": ["python311", "python311Packages.pip"],
}
INSTALLS: dict[str, list[str] | None] = {
    "none": None,
    "pip": ["pip install -r requirements.txt"],
    "pip user": ["pip install --user -r requirements.txt"],
    "python -m pip": ["python -m pip install -r requirements.txt"],
    "python3.11": ["python3.11 -m pip --version"],
    "ensurepip": ["python -m ensurepip --upgrade", "python -m pip --version"],
    "ensurepip masked": ["python -m ensurepip || true", "python -c 'print(1)'"],
    "break": ["pip install --break-system-packages -r requirements.txt"],
    "target": ["pip install --target /app/deps -r requirements.txt"],
    "venv": ["python -m venv /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt"],
    "venv by path": ["python -m venv /opt/venv", "/opt/venv/bin/pip install -r requirements.txt"],
    "venv lost": ["python -m venv /v && . /v/bin/activate", "pip install -r requirements.txt"],
    "venv without pip": ["python -m venv --without-pip /v", "/v/bin/python -m pip --version"],
    "wrong file": ["pip install -r missing.txt"],
    "wrong file in venv": ["python -m venv /v && /v/bin/pip install -r missing.txt"],
    "cd": ["cd backend && pip install -r requirements.txt"],
    "cd lost": ["cd /opt", "test -f requirements.txt && python --version"],
    "semicolon": ["pip install -r requirements.txt; echo done"],
    "subshell": ["(exit 3) || python --version"],
    "pipe": ["pip install -r requirements.txt | cat"],
    "script": ["bash build.sh"],
    "not there": ["poetry install"],
}
STARTS = {"main": "python main.py", "exec venv": "/opt/venv/bin/python main.py", "gone": "gunicorn main:app"}
SOME = {
    ("default", "none", "main"),
    ("pip", "pip", "main"),
    ("python", "ensurepip", "main"),
    ("pip", "python -m pip", "main"),
    ("pip", "venv by path", "exec venv"),
    ("python", "semicolon", "gone"),
    ("default", "script", "main"),
}
CASES = [
    pytest.param(*case, marks=() if case in SOME else pytest.mark.slow, id="-".join(case).replace(" ", "_"))
    for case in itertools.product(PACKAGES, INSTALLS, STARTS)
    # every install with every package set once, the starts where an install changes them
    if case in SOME
    or case[2] == "main"
    or (case[1] in ("none", "venv", "venv by path", "semicolon") and case[0] != "pip")
]


@pytest.mark.parametrize(("packages", "install", "start"), CASES)
def test_prediction_equals_rehearsal(tmp_path: Path, cache: Path, packages: str, install: str, start: str) -> None:
    needs_python("3.11")
    lines = []
    if PACKAGES[packages] is not None:
        lines += ["[phases.setup]", f"nixPkgs = {json.dumps(PACKAGES[packages])}"]
    if INSTALLS[install] is not None:
        lines += ["[phases.install]", f"cmds = {json.dumps(INSTALLS[install])}"]
    lines += ["[start]", f"cmd = {json.dumps(STARTS[start])}"]
    folder = plans.project(
        tmp_path / "project",
        main__py=plans.SERVER,
        requirements__txt="",
        backend___requirements__txt="",
        build__sh="set -e\npython --version\npip install -r requirements.txt\n",
        nixpacks__toml="\n".join(lines) + "\n",
    )
    (folder / ".python-version").write_text("3.11\n")
    (folder / "railway.json").write_text('{"build": {"builder": "NIXPACKS"}, "deploy": {"healthcheckPath": "/health"}}')
    tree = api.open_project(folder)
    [plan] = api.plan(tree, Settings(platforms=("railway",)))[0]
    simulation = simulation_of(plan, tree)
    assert simulation is not None
    predicted = {one.id: one.outcome for one in simulation.all_outcomes()}
    found = rehearse(
        plan, folder, options=RehearsalOptions(cache=cache, offline=True, keep_going=False), predicted=predicted
    )
    assert not found.disagreements
    ran = [one for one in found.commands if not one.skipped]
    told = [one for one in ran if one.id in predicted and predicted[one.id].verdict is not Verdict.UNKNOWN]
    assert found.compared >= len(told)
