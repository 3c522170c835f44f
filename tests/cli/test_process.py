"""What only a process shows: `python -m`, closed pipes, interrupts, encodings, how long a start takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

SOURCE = str(Path(__file__).parents[2] / "src")
ENV = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
ENV |= {"PYTHONPATH": SOURCE, "PYTHONUTF8": "1"}
FIRSTPUSH = [sys.executable, "-m", "firstpush"]


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*FIRSTPUSH, *arguments], capture_output=True, env=ENV | env, timeout=60)


def test_python_m() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith(b"firstpush 0.")
    assert done.stderr == b""


def test_a_reader_that_goes_away() -> None:
    shell = f"{sys.executable} -m firstpush explain | head -n 1; echo ${{PIPESTATUS[0]}}"
    for _ in range(3):
        done = subprocess.run(["bash", "-c", shell], capture_output=True, env=ENV, timeout=60)
        assert done.stderr == b""
        assert done.stdout.splitlines()[-1] == b"0"


def test_a_full_disk() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*FIRSTPUSH, "--help"], stdout=full, stderr=subprocess.PIPE, env=ENV, timeout=60)
    assert done.returncode == 2
    assert b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["check {}", "diagnose -", "simulate --batch", "explain"])
def test_closed_streams(tmp_path: Path, command: str, closed: str) -> None:
    shell = f"{sys.executable} -m firstpush {command.format(tmp_path)} {closed}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, env=ENV, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == (3 if command.startswith("check") else 0)
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr


def test_an_ascii_terminal() -> None:
    done = run("explain", "FP101", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_interrupt() -> None:
    code = "import os, signal, firstpush.cli.main as m; m.dispatch = lambda argv: os.kill(os.getpid(), signal.SIGINT)"
    code += "; import sys; sys.exit(m.main([]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ENV, timeout=60)
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr


def test_nothing_heavy_is_imported_for_help() -> None:
    code = "import sys; from firstpush.__main__ import main; sys.argv[1:] = ['--help']; main()"
    code += "; print(sorted(set(sys.modules) & {'argparse', 'dataclasses', 'tree_sitter', 'json', 'pathlib'}))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {SOURCE!r}); {code}"],
                          capture_output=True, timeout=60)  # fmt: skip
    assert done.stdout.splitlines()[-1] == b"[]"
