"""`firstpush simulate`: its answers, its errors."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from firstpush.cli.main import main

MACHINE: dict[str, Any] = {
    "format": 1,
    "name": "test",
    "cwd": "/src",
    "env": {"PATH": "/usr/bin"},
    "interpreters": [
        {
            "executable": "/usr/bin/python3",
            "paths": ["/usr/bin/python3"],
            "version": "3.11.2",
            "prefix": "/usr",
            "stdlib": "/usr/lib/python3.11",
            "site_packages": ["/usr/lib/python3.11/site-packages"],
            "pip": "24.0",
        }
    ],
    "files": {"/usr/lib/python3.11/EXTERNALLY-MANAGED": {"text": "[externally-managed]\nError=no\n"}},
}


def written(folder: Path, value: object) -> str:
    path = folder / "machine.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


def test_one_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = written(tmp_path, MACHINE)
    arguments = ["simulate", "--machine", machine, "--format", "json", "--", "python3", "-m", "pip", "install", "x"]
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer.pop("why")
    assert answer == {
        "format": 1,
        "outcome": "fails",
        "exit_code": 1,
        "cause": "pep668-refused",
        "where": None,
    }


def test_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--machine", written(tmp_path, MACHINE), "--", "pip install x || true"]) == 0
    assert capsys.readouterr().out.startswith("succeeds")


def test_a_batch(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [{"id": n, "machine": MACHINE, "command": command} for n, command in enumerate(["true", "false", "pip"])]
    lines = "".join(json.dumps(request) + "\n" for request in requests) + "\n"

    class Input:
        buffer = io.BytesIO(lines.encode())

    monkeypatch.setattr(sys, "stdin", Input())
    assert main(["simulate", "--batch", "--format", "json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(answer["id"], answer["outcome"]) for answer in answers] == [(0, "succeeds"), (1, "fails"), (2, "fails")]
    assert answers[2]["cause"] == "pip-command-not-found"


def test_a_bad_line_of_a_batch_loses_no_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = json.dumps({"id": "good", "machine": MACHINE, "command": "true"})
    bad_machine = json.dumps({"id": "odd", "machine": {**MACHINE, "cwd": 1}, "command": "true"})

    class Input:
        buffer = io.BytesIO("\n".join(["{no json", bad_machine, json.dumps({"id": 3}), "[]", good]).encode())

    monkeypatch.setattr(sys, "stdin", Input())
    assert main(["simulate", "--batch", "--format", "json"]) == 2
    printed = capsys.readouterr()
    answers = [json.loads(line) for line in printed.out.splitlines()]
    assert [(answer["id"], answer["outcome"]) for answer in answers] == [
        (None, "unknown"),
        ("odd", "unknown"),
        (3, "unknown"),
        (None, "unknown"),
        ("good", "succeeds"),
    ]
    assert "machine.cwd" in answers[1]["why"]
    assert printed.err.count("error: ") == 4


def test_words_stay_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--machine", written(tmp_path, MACHINE), "--", "test", "a>b", "=", "a>b"]) == 0
    assert capsys.readouterr().out.startswith("succeeds")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": 2}, "machine.format"),
        ({"cwd": "src"}, "machine.cwd"),
        ({"env": {"A": 1}}, "machine.env"),
        ({"interpreters": {}}, "machine.interpreters"),
        ({"interpreters": [{"executable": "/x"}]}, "machine.interpreters[0].prefix"),
        ({"programs": [{"paths": []}]}, "machine.programs[0].is"),
        ({"files": {"x": {}}}, "machine.files"),
        ({"files": {"/x": {"mode": "rwx"}}}, "machine.files['/x'].mode"),
        ({"user": {"uid": "0"}}, "machine.user.uid"),
        ({"index": {"projects": {"a": "1.0"}}}, "machine.index.projects"),
        ({"closed": "no"}, "machine.closed"),
    ],
)
def test_a_bad_machine_is_named(
    change: dict[str, Any], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--machine", written(tmp_path, {**MACHINE, **change}), "--", "true"]) == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[", "[]", "null", "[" * 5000])
def test_no_object(text: str, tmp_path: Path) -> None:
    assert main(["simulate", "--machine", written(tmp_path, text), "--", "true"]) == 2


def test_usage(tmp_path: Path) -> None:
    assert main(["simulate", "--", "true"]) == 2
    assert main(["simulate", "--machine", str(tmp_path / "none.json"), "--", "true"]) == 2
    assert main(["simulate", "--machine", written(tmp_path, MACHINE)]) == 2
