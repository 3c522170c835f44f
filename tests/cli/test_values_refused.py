"""Values that cannot be meant end with exit code 2 and name what is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.cli.main import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text("print(1)\n")
    (tmp_path / "requirements.txt").write_text("")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    code = main([str(word) for word in argv])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("command", ["check", "plan"])
@pytest.mark.parametrize("version", ["abc", "0.0", "0.17", "1", "", "1.x", "-1.2", "1.38.0.0.0", "١.٣٨"])
def test_no_version_of_nixpacks(command: str, version: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, command, project, "--builder", f"nixpacks@{version}")
    assert (code, out) == (2, "")
    assert f"`{version}` is no version of the builder nixpacks" in err
    assert "1.38, 1.39, 1.41" in err


@pytest.mark.parametrize("builder", ["vercel@abc", "vercel-python@0.0", "railpack@x", "docker@"])
def test_no_version_of_another_builder(builder: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check", project, "--builder", builder)
    assert (code, out) == (2, "")
    assert "is no version of the builder" in err
    assert ("64.0.2" in err) == builder.startswith("vercel")


@pytest.mark.parametrize(
    ("version", "nearest"),
    [("1.38", None), ("v1.39.0", None), ("1.41", None), ("1.40", "1.41"), ("1.7", "1.38"), ("2.0", "1.41")],
)
def test_an_unknown_version_is_the_nearest_with_a_note(
    version: str, nearest: str | None, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "plan", project, "--builder", f"nixpacks@{version}", "--why")
    assert code == 0
    assert ("the nearest version known" in out) == (nearest is not None)
    assert nearest is None or f"is planned as {nearest}" in out


@pytest.mark.parametrize(("name", "near"), [("nope", ""), ("fastpai", "Did you mean `fastapi`?")])
def test_no_framework_preset(name: str, near: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check", project, "--platform", "vercel", "--vercel-framework", name)
    assert (code, out) == (2, "")
    assert f"There is no framework preset `{name}`" in err
    assert "Known: other, fastapi, flask" in err
    assert near in err


@pytest.mark.parametrize("name", ["FastAPI", "other", "Other", "null", "nextjs"])
def test_a_framework_preset(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "plan", project, "--platform", "vercel", "--vercel-framework", name)
    assert code != 2, err


@pytest.mark.parametrize("jobs", ["0", "-3"])
def test_no_jobs(jobs: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "rehearse", project, f"--jobs={jobs}")
    assert (code, out) == (2, "")
    assert f"--jobs takes a number from 1 on, not {jobs}" in err


def test_a_service_that_nobody_starts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "rehearse", project, "--with", "mongodb")
    assert (code, out) == (2, "")
    assert "'mongodb'" in err
    assert "postgres" in err


@pytest.mark.parametrize(("pair", "shown"), [("=x", "'=x'"), ("A", "'A'"), ("1=secret", "'1'")])
def test_env_quotes_what_was_given_but_no_value_of_a_name(
    pair: str, shown: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "check", project, f"--env={pair}")
    assert code == 2
    assert f"not {shown}" in err
    assert "secret" not in err
