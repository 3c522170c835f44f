"""`firstpush diagnose` as a command."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from firstpush.cli.main import main

LOG = "hello\n#11 0.2 /bin/bash: line 1: pip: command not found\n"


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "build.log"
    path.write_text(LOG)
    assert main(["diagnose", str(path), "--no-project", "--format", "json"]) == 1
    whole = json.loads(capsys.readouterr().out)
    assert whole["format"] == 1
    assert (
        whole["causes"][0].items()
        >= {
            "cause": "pip-command-not-found",
            "certainty": "certain",
            "lines": [2],
            "line": "/bin/bash: line 1: pip: command not found",
            "platform": None,
            "phase": "install",
            "config": None,
            "fixes": [],
        }.items()
    )


def test_text_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.encode())))
    assert main(["diagnose", "--no-project"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("cause[pip-command-not-found]: there is no pip on PATH\n")
    assert "  2 │ /bin/bash: line 1: pip: command not found\n" in out


def test_nothing_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "build.log"
    path.write_text("all is well\n")
    assert main(["diagnose", str(path), "--project", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("No known cause in 1 lines.")
    assert main(["diagnose", str(path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["causes"] == []


def test_a_log_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "/no/such.log"]) == 2
    assert "cannot be read" in capsys.readouterr().err
