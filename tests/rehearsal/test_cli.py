"""`firstpush rehearse` as a program: exit codes, formats, interruption, the shell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firstpush.cli.main import main
from firstpush.rehearsal.sandbox import bwrap
from tests.rehearsal.conftest import needs_python

pytestmark = [pytest.mark.sandbox]
REFUSED = {
    "nixpacks.toml": '[phases.setup]\nnixPkgs = ["python311", "python311Packages.pip"]\n'
    '[phases.install]\ncmds = ["pip install -r requirements.txt"]\n[start]\ncmd = "python main.py"\n',
    "railway.json": '{"build": {"builder": "NIXPACKS"}}',
}


@pytest.fixture
def refused(app: Path) -> Path:
    needs_python("3.11")
    for name, text in REFUSED.items():
        (app / name).write_text(text)
    return app


@pytest.fixture(autouse=True)
def _same_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent / "xdg"))


def program(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "firstpush", "rehearse", *words], capture_output=True, text=True, timeout=120, **options
    )


def test_json_is_one_object_and_failure_is_5(refused: Path) -> None:
    done = program(str(refused), "--offline", "--format", "json")
    assert done.returncode == 5, done.stderr
    [found] = json.loads(done.stdout)["rehearsals"]
    assert (found["platform"], found["builder"], found["verdict"], found["cause"]) == (
        "railway",
        "nixpacks",
        "fails",
        "pep668-refused",
    )
    assert found["disagreements"] == []
    assert [command["exit_code"] for command in found["commands"] if not command["skipped"]] == [1]


def test_text_tells_what_happened_in_order(refused: Path) -> None:
    done = program(str(refused), "--offline")
    assert done.returncode == 5
    text = done.stdout
    assert text.index("pip install -r requirements.txt") < text.index("error: externally-managed-environment")
    assert text.index("error: externally-managed-environment") < text.index("The replica is not the platform")
    assert "Prediction: 1 of 1 commands ended as `check` predicts." in text
    assert "\x1b" not in text
    assert done.stderr == ""


def test_nothing_to_rehearse_is_3(tmp_path: Path) -> None:
    assert program(str(tmp_path)).returncode == 3


@pytest.mark.parametrize(
    "words", [["--probe", "nonsense"], ["--env", "x"], ["--env-file", "missing"], ["--format", "xml"]]
)
def test_wrong_usage_is_2(refused: Path, words: list[str]) -> None:
    done = program(str(refused), *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_without_bubblewrap_is_6(
    refused: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bwrap, "find", lambda: None)
    assert main(["rehearse", str(refused), "--offline"]) == 6
    told = capsys.readouterr()
    assert "bubblewrap (bwrap) is not installed" in told.err
    assert "--no-sandbox" in told.err


def test_no_sandbox_says_what_it_means(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "Procfile").write_text("web: echo started; sleep 5\n")
    main(["rehearse", str(app), "--platform", "railway", "--no-sandbox", "--no-start", "--builder", "nixpacks"])
    assert "can read and change everything that you" in capsys.readouterr().err


def test_a_shell_at_the_failing_command(refused: Path) -> None:
    done = program(str(refused), "--offline", "--shell", input="python --version; pwd; exit\n")
    assert "A shell in the replica, after `pip install -r requirements.txt` failed" in done.stderr
    assert "Python 3.11" in done.stdout
    assert "/app" in done.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_interrupted_everything_is_gone(app: Path, tmp_path: Path, number: int, code: int) -> None:
    mark = f"7{os.getpid()}.{number}5"
    (app / "nixpacks.toml").write_text(
        f'[phases.install]\ncmds = ["sleep {mark} & sleep {mark}"]\n[start]\ncmd = "python main.py"\n'
    )
    (app / "railway.json").write_text('{"build": {"builder": "NIXPACKS"}}')
    own = tmp_path / "tmp"
    own.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "firstpush", "rehearse", str(app), "--offline"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(own)},
    )
    try:
        _until(lambda: len(_sleeping(mark)) >= 2, 90)
        process.send_signal(number)
        assert process.wait(10) == code
        _until(lambda: not _sleeping(mark), 5)
    finally:
        process.kill()
        process.communicate()
    assert list(own.iterdir()) == []


def _sleeping(mark: str) -> list[str]:
    found = []
    for name in os.listdir("/proc"):
        try:
            words = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0") if name.isdigit() else []
        except OSError:
            continue
        if words and words[0] == b"sleep" and mark.encode() in words:
            found.append(name)
    return found


def _until(condition, seconds: float) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
