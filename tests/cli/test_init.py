"""`firstpush init`, where Railway's default builder is one that is not modelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.cli.main import main

RUNS = """\
import os

import flask

app = flask.Flask(__name__)
if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ["PORT"]))
"""
NOTE = "Railpack is Railway's default for new services and not modelled yet; judged with Nixpacks"


@pytest.mark.parametrize("options", [[], ["--builder", "nixpacks"]])
@pytest.mark.parametrize("files", [(), ("notes.txt",)])
def test_no_app_here(files: tuple[str, ...], options: list[str], tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).write_text("hello\n")
    assert main(["init", str(tmp_path), "--platform", "railway", *options]) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)


def test_no_file_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "main.py").write_text(RUNS)
    assert main(["init", str(tmp_path), "--platform", "railway"]) == 0
    said = capsys.readouterr()
    assert "no file is needed" in said.out
    assert said.err.count(NOTE) == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_the_smallest_file_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "app.py").write_text("import flask\n\napp = flask.Flask(__name__)\n")
    assert main(["init", str(tmp_path), "--platform", "railway", "--diff"]) == 0
    assert not (tmp_path / "Procfile").exists()
    assert main(["init", str(tmp_path), "--platform", "railway"]) == 0
    assert (tmp_path / "Procfile").read_text() == "web: python -m gunicorn app:app --bind 0.0.0.0:$PORT\n"
    assert NOTE in capsys.readouterr().err


def test_railpack_that_is_asked_for_stays_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "main.py").write_text(RUNS)
    (tmp_path / "railway.json").write_text('{"build": {"builder": "RAILPACK"}}')
    assert main(["init", str(tmp_path), "--platform", "railway"]) == 1
    said = capsys.readouterr()
    assert "cannot be known" in said.out
    assert NOTE not in said.err


def test_the_first_example_does_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from firstpush.cli.init import EXAMPLES

    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "main.py").write_text(RUNS)
    words = EXAMPLES.splitlines()[0].split()[1:]
    assert main([words[0], str(tmp_path), *words[1:]]) == 0
    assert "no file is needed" in capsys.readouterr().out
