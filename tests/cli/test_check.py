"""`firstpush check` from the command line to its output, on a project that fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from firstpush.cli.main import main
from firstpush.report import FORMATS

NIXPACKS = """\
[phases.setup]
nixPkgs = ["python311", "python311Packages.pip"]

[phases.install]
cmds = ["pip install -r requirements.txt"]

[start]
cmd = "python main.py"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "nixpacks.toml").write_text(NIXPACKS)
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "main.py").write_text("import flask\n")
    (tmp_path / "railway.json").write_text('{"build": {"builder": "NIXPACKS"}}')
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    code = main(["check", *map(str, argv)])
    out, err = capsys.readouterr()
    return code, out, err


def as_json(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, Any]:
    code, out, err = run(capsys, *argv, "--format", "json")
    assert err == ""
    return code, json.loads(out)


def test_it_fails_with_the_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, whole = as_json(capsys, project)
    assert code == 1
    deployment = whole["deployments"][0]
    assert (deployment["platform"], deployment["builder"], deployment["verdict"]) == ("railway", "nixpacks", "fails")
    first = whole["diagnostics"][deployment["first_failure"]]
    assert (first["code"], first["cause"]) == ("FP101", "pep668-refused")
    assert (first["primary"]["path"], first["primary"]["line"]) == ("nixpacks.toml", 5)
    assert "nixpacks.toml" in whole["looked_at"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_the_same_exit_code(format: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, project, "--format", format)
    assert code == 1
    assert "FP101" in out
    assert err == ""
    assert run(capsys, project, "--format", format, "--exit-zero")[0] == 0


@pytest.mark.parametrize(("format", "empty"), [("json", True), ("sarif", True), ("text", False), ("github", False)])
def test_nothing_to_check(format: str, empty: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, tmp_path, "--format", format)
    assert code == 3
    assert "Nothing to check" in err
    assert bool(out) is empty
    if empty:
        assert isinstance(json.loads(out), dict)


def test_a_comment_silences_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "nixpacks.toml"
    path.write_text(NIXPACKS.replace("cmds =", "# firstpush: ignore[FP101] our image has no marker\ncmds ="))
    _, whole = as_json(capsys, project)
    assert "FP101" not in [each["code"] for each in whole["diagnostics"]]
    assert [(each["code"], each["reason"]) for each in whole["suppressed"]] == [("FP101", "our image has no marker")]


def test_the_configuration_counts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text('[tool.firstpush]\nfail-on = "never"\nignore = ["FP4"]\n')
    code, whole = as_json(capsys, project)
    assert code == 0
    assert all(not each["code"].startswith("FP4") for each in whole["diagnostics"])
    assert as_json(capsys, project, "--fail-on", "error")[0] == 1
    assert as_json(capsys, project, "--no-config")[0] == 1


def test_a_wrong_configuration(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "firstpush.toml").write_text("slect = []\n")
    code, out, err = run(capsys, project, "--format", "json")
    assert (code, out) == (2, "")
    assert "firstpush.toml:1:1: unknown key `slect`" in err
    assert "did you mean `select`?" in err


def test_selection(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, whole = as_json(capsys, project, "--select", "FP9")
    assert (code, whole["diagnostics"]) == (0, [])
    assert whole["deployments"][0]["verdict"] == "fails"
    assert as_json(capsys, project, "--ignore", "pip-into-managed-python")[1]["deployments"][0]["first_failure"] != 0
    assert run(capsys, project, "--select", "FP777")[0] == 2


def test_a_file_gets_the_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = project / "report.json"
    code, out, _ = run(capsys, project, "--format", "json", "--output", target)
    assert (code, out) == (1, "")
    assert json.loads(target.read_text(encoding="utf-8"))["format"] == 1
    assert run(capsys, project, "--output", project / "no" / "folder")[0] == 2


def test_statistics(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, project, "--statistics")
    assert "FP101" in out
    assert "╭" not in out
    _, whole = as_json(capsys, project, "--statistics")
    assert whole["statistics"][0]["count"] >= 1


def test_colour(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b[" not in run(capsys, project)[1]
    assert "\x1b[1;31m" in run(capsys, project, "--color", "always")[1]


def test_several_roots(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("api", "worker"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "nixpacks.toml").write_text(NIXPACKS)
        (tmp_path / name / "main.py").write_text("print(1)\n")
    _, whole = as_json(capsys, tmp_path, "--root", "api", "--root", "./worker/", "--builder", "nixpacks")
    assert sorted({each["root"] for each in whole["deployments"]}) == ["api", "worker"]
    for number, deployment in enumerate(whole["deployments"]):
        assert whole["diagnostics"][deployment["first_failure"]]["deployment"] == number


def test_a_failure_without_selected_findings_is_no_clean_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for format in ("text", "concise", "markdown"):
        code, out, _ = run(capsys, project, "--select", "FP5", "--format", format)
        assert code == 0
        assert "1 deployment will fail: no finding is selected" in out
        assert "no problems" not in out


def test_a_name_that_is_too_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, tmp_path / ("a" * 300))
    assert code == 2
    assert "cannot be read" in err


def test_deeply_nested_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "package.json").write_text('{"a":' * 50_000)
    code, _, err = run(capsys, tmp_path, "--platform", "vercel", "--vercel-framework", "other")
    assert code in (0, 1)
    assert err == ""


def test_the_next_step_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\nWhat repairs it, as a diff: firstpush fix\n" in run(capsys, project)[1]
