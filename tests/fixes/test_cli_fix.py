"""`firstpush fix` and `firstpush init` from the command line."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest

from firstpush.cli.main import main
from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span
from firstpush.syntax.edit import apply
from tests.fixes.test_cascade import CLASSES, class_project
from tests.fixes.test_git import git

APPLIED = ("F02-other-packages", "F04-json", "F21", "F34")
BROKEN = '[phases.install]\ncmds = ["pip install -r requirements.txt"]\n'
START = '[start]\ncmd = "uvicorn main:app --host 0.0.0.0 --port $PORT"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return class_project({"files": {"nixpacks.toml": BROKEN + START}}, tmp_path / "p")[0]


def test_the_diff_is_shown_and_nothing_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(project)]) == 0
    out, err = capsys.readouterr()
    assert "fails → passes" in out
    assert '-cmds = ["pip install -r requirements.txt"]\n' in out
    assert "`--user`: fails" in out
    assert "--strategy" in out
    assert "Nothing was written" in err
    assert (project / "nixpacks.toml").read_text() == BROKEN + START


def test_write_then_nothing_is_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(project), "--check"]) == 1
    assert capsys.readouterr().out == "would change nixpacks.toml\n"
    assert main(["fix", str(project), "--write"]) == 0
    assert (project / "nixpacks.toml").read_text() == START
    capsys.readouterr()
    assert main(["fix", str(project), "--check"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", str(project), "--fail-on", "warning"]) == 0


def test_json_has_the_edits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(project), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    data = (project / "nixpacks.toml").read_bytes()
    edits = [Edit(Span(each["path"], each["start_byte"], each["end_byte"]), each["text"]) for each in answer["edits"]]
    assert apply(data, edits).decode() == START
    (deployment,) = answer["deployments"]
    assert (deployment["before"], deployment["after"], deployment["chosen"]) == ("fails", "passes", 0)
    best = deployment["fixes"][0]
    assert (best["strategy"], best["applicability"], best["after"]) == ("provider", "safe", "passes")
    assert {found["cause"] for step in best["steps"] for found in step["closes"]} >= {"pip-command-not-found"}
    assert answer["written"] is False


def test_the_commit_message(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(project), "--commit-message"]) == 0
    message = capsys.readouterr().out
    assert message.startswith("Let Nixpacks make the virtual environment\n\n")
    assert "`pip`: command not found" in message
    assert "Predicted before: fails; after: passes" in message
    assert max(map(len, message.splitlines())) <= 72


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--strategy", "venv"], "/opt/venv/bin/activate && pip install -r requirements.txt"),
        (["--strategy", "break-system-packages"], "pip install --break-system-packages -r requirements.txt"),
    ],
)
def test_strategies(project: Path, options: list[str], text: str) -> None:
    assert main(["fix", str(project), "--write", *options]) == 0
    assert text in (project / "nixpacks.toml").read_text()


def test_select_and_ignore(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(project), "--check", "--select", "FP9"]) == 0
    assert main(["fix", str(project), "--check", "--ignore", "FP"]) == 0
    assert main(["fix", str(project), "--check", "--select", "FP102"]) == 1
    assert main(["fix", str(project), "--select", "FP999"]) == 2


def test_what_is_silenced_is_left_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = BROKEN.replace('txt"]', 'txt"]  # firstpush: ignore[FP102] our image has pip')
    (project / "nixpacks.toml").write_text(text + START)
    assert main(["check", str(project), "--select", "FP102"]) == 0
    assert main(["fix", str(project), "--check", "--select", "FP102"]) == 0


class Answers(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answers", "text"), [("\n", START), ("x\n2\n", "/opt/venv"), ("n\n", BROKEN), ("", BROKEN)])
def test_interactive(project: Path, monkeypatch: pytest.MonkeyPatch, answers: str, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Answers(answers))
    main(["fix", str(project), "--interactive", "--write"])
    assert text in (project / "nixpacks.toml").read_text()


def test_a_script_that_installs(tmp_path: Path) -> None:
    files = {
        "nixpacks.toml": '[phases.install]\ncmds = ["bash build.sh"]\n' + START,
        "build.sh": "set -e\npip install -r requirements.txt\n",
    }
    folder, _ = class_project({"files": files}, tmp_path / "p")
    assert main(["check", str(folder)]) == 1
    assert main(["fix", str(folder), "--write"]) == 0
    assert main(["check", str(folder)]) == 0


def test_usage(project: Path) -> None:
    assert main(["fix", str(project), "--rehearse"]) == 2
    assert main(["fix", str(project), "--interactive"]) == 2
    assert main(["fix", str(project / "none")]) == 2


@pytest.mark.process
def test_uncommitted_changes_are_not_written_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "m")
    (project / "main.py").write_text((project / "main.py").read_text() + "# other file\n")
    (project / "nixpacks.toml").write_text("# mine\n" + BROKEN + START)
    assert main(["fix", str(project), "--write"]) == 2
    assert "nixpacks.toml has uncommitted changes" in capsys.readouterr().err
    git(project, "add", "nixpacks.toml")
    git(project, "commit", "-q", "-m", "m")
    assert main(["fix", str(project), "--write"]) == 0
    assert (project / "nixpacks.toml").read_text() == "# mine\n" + START
    (project / "nixpacks.toml").write_text("# mine\n" + BROKEN)
    assert main(["fix", str(project), "--write", "--allow-dirty"]) == 0


@pytest.mark.process
@pytest.mark.parametrize("row", [row for row in CLASSES["class"] if row["id"] in APPLIED], ids=lambda row: row["id"])
def test_git_applies_the_diff(
    row: dict[str, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = class_project(row, tmp_path / "p")
    main(["fix", str(folder), "--platform", "railway"])
    diff = capsys.readouterr().out
    git(folder, "init", "-q")
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=folder, check=True)
    assert main(["fix", str(folder), "--platform", "railway", "--check"]) == 0


def test_init_prefers_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = class_project({"files": {"railway.json": ""}}, tmp_path)
    before = sorted(path.name for path in folder.iterdir())
    assert main(["init", str(folder), "--platform", "railway", "--builder", "nixpacks"]) == 0
    assert "no file is needed" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == before


def test_init_says_how_the_app_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = next(row for row in CLASSES["class"] if row["id"] == "F20")
    folder, _ = class_project({"files": {**row["files"], "railway.json": ""}}, tmp_path)
    options = ["--platform", "railway", "--builder", "nixpacks"]
    assert main(["init", str(folder), *options, "--diff"]) == 0
    assert not (folder / "Procfile").exists()
    assert main(["init", str(folder), *options]) == 0
    assert (folder / "Procfile").read_text() == "web: python -m uvicorn app.server:app --host 0.0.0.0 --port $PORT\n"
    assert main(["check", str(folder), *options]) == 0


def test_init_vercel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = class_project({"files": {"railway.json": ""}}, tmp_path)
    assert main(["init", str(folder), "--platform", "vercel"]) == 0
    assert main(["init", str(tmp_path / "none"), "--platform", "vercel"]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["init", str(tmp_path / "empty"), "--platform", "vercel"]) == 3
    capsys.readouterr()
    assert main(["fix", str(tmp_path / "empty"), "--format", "json"]) == 3
    assert json.loads(capsys.readouterr().out)["deployments"] == []
