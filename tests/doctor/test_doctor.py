"""`firstpush doctor` against the real Pythons of this machine: what it says of pip is what pip does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from firstpush.doctor.examine import Examination, examine
from firstpush.doctor.pythons import find_pythons

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """This process's own, with nothing that changes pip."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}


@pytest.fixture(scope="module")
def examination(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Examination:
    return examine(environment, str(tmp_path_factory.mktemp("here")))


def test_what_pip_would_do_is_what_pip_does(
    environment: dict[str, str], examination: Examination, tmp_path: Path
) -> None:
    assert examination.pythons
    compared = 0
    for report in examination.pythons:
        verdict = report.verdicts[0]
        if report.pip is None or verdict.outcome == "unknown":
            continue
        # An empty requirements file: pip refuses a managed Python before it reads it, and installs nothing elsewhere.
        (tmp_path / "empty.txt").write_text("")
        command = [report.names[0], "-m", "pip", "install", "--disable-pip-version-check", "-r", "empty.txt"]
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, timeout=60, check=False)
        assert (verdict.cause == "pep668-refused") == (done.returncode == 1), (report.names[0], done.stderr)
        if verdict.cause == "pep668-refused":
            assert verdict.output is not None
            assert verdict.output.encode() == done.stderr
        compared += 1
    assert compared


def test_the_marker_is_reported_where_it_is(environment: dict[str, str], examination: Examination) -> None:
    for report in examination.pythons:
        code = "import sys, sysconfig; print(sys.prefix != sys.base_prefix, sysconfig.get_path('stdlib'))"
        out = subprocess.run([report.names[0], "-c", code], capture_output=True, text=True, check=True, env=environment)
        virtual, stdlib = out.stdout.split()
        marker = Path(stdlib, "EXTERNALLY-MANAGED")
        assert report.virtual == (virtual == "True")
        assert (report.marker is not None) == (marker.is_file() and not report.virtual)
        assert (report.managed_by is None) == (report.marker is None)


def test_a_virtual_environment_first_on_path_is_seen_as_one(environment: dict[str, str], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True, timeout=60)
    path = f"{tmp_path}/venv/bin{os.pathsep}{environment.get('PATH', '')}"
    first = find_pythons({**environment, "PATH": path})[0]
    assert first.virtual
    assert first.pip is None
    assert first.text("prefix") == str(tmp_path / "venv")


def test_the_command_prints_one_json_object() -> None:
    command = [sys.executable, "-m", "firstpush", "doctor", "--format", "json", "--no-rehearsal"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    answer = json.loads(done.stdout)
    assert answer["format"] == 1
    assert all(python["version"] for python in answer["pythons"])
    assert answer["rehearsal"] is None
