"""False alarms and misses met on public repositories, each on a project made up for it (docs/precision.md)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from firstpush.api import check
from firstpush.model.report import Report
from firstpush.platforms import Settings
from firstpush.platforms.vercel.detect import uploaded
from tests.planning import project

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
START = '{"build": {"builder": "NIXPACKS"}, "deploy": {"startCommand": "uvicorn main:app --port $PORT --host 0.0.0.0"}}'


def checked(folder: Path, files: Mapping[str, str | bytes]) -> Report:
    return check(project(folder, files), Settings())[0]


def errors(report: Report) -> list[tuple[str, str]]:
    return [(one.code, one.primary.span.path) for one in report.diagnostics if one.severity.value == "error"]


def test_a_pinned_release_that_brought_its_server_along(tmp_path: Path) -> None:
    files = {"railway.json": START, "main.py": APP, "requirements.txt": "fastapi==0.111.0\n"}
    assert errors(checked(tmp_path, files)) == []
    assert errors(checked(tmp_path, {**files, "requirements.txt": "fastapi==0.110.0\n"})) == [("FP213", "railway.json")]


def test_a_distribution_that_is_imported_by_another_name(tmp_path: Path) -> None:
    files = {
        "railway.json": START,
        "main.py": "import telebot\nimport hubspot\n" + APP,
        "requirements.txt": "fastapi\nuvicorn\npyTelegramBotAPI==4.14.0\nhubspot-api-client==9.0.0\n",
    }
    report = checked(tmp_path, files)
    assert report.deployments[0].verdict == "passes", report.deployments[0].why


def test_a_version_without_an_operator_is_no_range(tmp_path: Path) -> None:
    """pip's setuptools and uv 0.10.11 refuse it; this once ended in a traceback of ours."""
    table = '[project]\nname = "x"\nversion = "0"\nrequires-python = "3.12"\ndependencies = ["fastapi", "uvicorn"]\n'
    report = checked(tmp_path, {"railway.json": START, "main.py": APP, "pyproject.toml": table})
    assert errors(report) == [("FP901", "pyproject.toml")]


def test_a_file_that_may_not_be_sent_stops_nothing(tmp_path: Path) -> None:
    """A folder of tools with a terminfo entry `xterm.js`, which .railwayignore leaves out of what is sent."""
    files: dict[str, str | bytes] = {
        "railway.json": START,
        "main.py": APP,
        "requirements.txt": "fastapi\nuvicorn\n",
        "tools/xterm.js": b"\x1e\x02\xff",
    }
    assert errors(checked(tmp_path, files)) == [("FP404", "tools/xterm.js")]
    report = checked(tmp_path, {**files, ".railwayignore": "tools/\n"})
    assert (errors(report), report.deployments[0].verdict) == ([], "passes")
    report = checked(tmp_path, {**files, ".railwayignore": "*.js\n"})
    assert (errors(report), report.deployments[0].verdict) == ([], "unknown")


def test_a_path_variable_is_likely_not_certain(tmp_path: Path) -> None:
    files = {
        "railway.json": START,
        "main.py": APP,
        "requirements.txt": "fastapi\nuvicorn\n",
        "nixpacks.toml": '[variables]\nPATH = "/opt/venv/bin:$PATH"\n',
    }
    (found,) = [one for one in checked(tmp_path, files).diagnostics if one.code == "FP409"]
    assert found.certainty.value == "likely"


def test_what_is_missing_behind_a_failed_install_is_not_told(tmp_path: Path) -> None:
    """A requirements file in UTF-16, as a Windows shell writes it: every import of it was told to be missing."""
    files: dict[str, str | bytes] = {
        "vercel.json": '{"builds": [{"src": "main.py", "use": "@vercel/python"}]}',
        "main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "requirements.txt": "fastapi==0.115.6\n".encode("utf-16"),
    }
    assert errors(checked(tmp_path, files)) == [("FP521", "requirements.txt")]


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        ("tools\n", True),
        ("/tools/\n", True),
        ("tools/lib\n", True),
        ("*.py\n", True),
        ("*\n!tools\n", True),
        ("*\n!pip.py\n", True),
        ("*.txt\n!tools\n", False),
        ("/lib\n", False),
        ("# tools\n", False),
        ("", False),
    ],
)
def test_vercelignore_over_many_files(tmp_path: Path, lines: str, left_out: bool) -> None:
    """A committed folder of 6,000 files and thirty lines took nine seconds."""
    files = {f"tools/lib/{number}/pip.py": "" for number in range(3)}
    found = uploaded(project(tmp_path, {**files, ".vercelignore": lines}), ".")
    assert ("tools/lib/0/pip.py" not in found) is left_out


def test_an_old_numpy_cannot_be_built_on_a_new_python(tmp_path: Path) -> None:
    """Public post-mortem: "distutils module error in Railway build process", mended by numpy 1.26."""
    files = {"railway.json": START, "main.py": APP, "requirements.txt": "fastapi\nuvicorn\nnumpy==1.24.4\n"}
    report = checked(tmp_path, files)
    assert errors(report) == [("FP204", "requirements.txt")]
    (found,) = [one for one in report.diagnostics if one.code == "FP204"]
    assert "No module named 'distutils'" in found.message
    assert errors(checked(tmp_path, {**files, ".python-version": "3.11\n"})) == []


def test_what_a_variable_of_the_service_decides_is_not_certain(tmp_path: Path) -> None:
    """A start script that ends at once when DATABASE_URL is missing: the platform has it."""
    script = '#!/bin/sh\nif [ -z "${DATABASE_URL:-}" ]; then\n  exit 1\nfi\nexec uvicorn main:app --port $PORT\n'
    files = {
        "railway.json": START.replace("uvicorn main:app --port $PORT --host 0.0.0.0", "sh start.sh"),
        "start.sh": script,
        "main.py": APP,
        "requirements.txt": "fastapi\nuvicorn\n",
    }
    report = checked(tmp_path, files)
    assert errors(report) == []
    assert report.deployments[0].verdict == "unknown"
    certain = script.replace("exec uvicorn", "exec uvicon")
    assert errors(checked(tmp_path, {**files, "start.sh": certain})) == [("FP213", "start.sh")]


def test_one_distribution_is_too_large_once(tmp_path: Path) -> None:
    files = {
        "vercel.json": '{"builds": [{"src": "main.py", "use": "@vercel/python"}]}',
        "main.py": APP,
        "requirements.txt": "fastapi\ntorch\ntorchvision\n",
    }
    assert errors(checked(tmp_path, files)) == [("FP514", "requirements.txt")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_pip_reads_what_powershell_writes(tmp_path: Path, encoding: str) -> None:
    """`pip freeze > requirements.txt` on Windows gives UTF-16, which pip (23.2.1 was tried) takes."""
    text = "# frozen\r\nfastapi==0.115.6\r\nuvicorn==0.34.0\r\n"
    files: dict[str, str | bytes] = {"railway.json": START, "main.py": APP, "requirements.txt": text.encode(encoding)}
    report = checked(tmp_path, files)
    assert (errors(report), report.deployments[0].verdict) == ([], "passes")
    wrong = checked(tmp_path, {**files, "requirements.txt": text.replace("uvicorn==", "uvicorn=").encode("utf-16")})
    (found,) = [one for one in wrong.diagnostics if one.code == "FP203"]
    assert abs(found.primary.span.start - len("# frozen\r\nfastapi==0.115.6\r\n".encode("utf-16"))) <= 2
