"""The stand-in for get-pip.py: handed out wherever the script is asked for, and only then."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from firstpush.rehearsal.replica import downloads

pytestmark = pytest.mark.process
URL = "https://bootstrap.pypa.io/get-pip.py"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Both programs, beside a script and real programs that say what they were asked."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "get-pip.py").write_text("the stand-in\n")
    for name in ("curl", "wget"):
        (folder / name).write_text('#!/bin/sh\necho "real $*"\n')
        (folder / name).chmod(0o755)
        (tmp_path / name).write_text(downloads.program(name, str(folder).lstrip("/")))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "file"),
    [
        (f"curl -sS {URL} -o get-pip.py", "get-pip.py"),
        (f"curl -fsSLo setup/g.py {URL}", "setup/g.py"),
        (f"curl -sSLO {URL}", "get-pip.py"),
        (f"curl {URL} > g.py", "g.py"),
        (f"curl {URL} | cat > g.py", "g.py"),
        ("curl --output g.py https://bootstrap.pypa.io/pip/3.8/get-pip.py", "g.py"),
        (f"wget {URL}", "get-pip.py"),
        (f"wget -q -O g.py {URL}", "g.py"),
        (f"wget -qO- {URL} > g.py", "g.py"),
        (f"wget -O g.py {URL}", "g.py"),
    ],
)
def test_the_script_lands_where_it_was_wanted(home: Path, command: str, file: str) -> None:
    (home / "setup").mkdir()
    name, _, rest = command.partition(" ")
    done = subprocess.run(["sh", "-c", f"sh ./{name} {rest}"], cwd=home, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (home / file).read_text() == "the stand-in\n"


@pytest.mark.parametrize("command", ["curl -sS https://example.org/get-pip.py -o x", "wget -qO- https://example.org"])
def test_everything_else_goes_to_the_real_program(home: Path, command: str) -> None:
    name, _, rest = command.partition(" ")
    done = subprocess.run(["sh", name, *rest.split()], cwd=home, capture_output=True, text=True)
    assert done.stdout == f"real {rest}\n"
    assert not (home / "x").exists()
