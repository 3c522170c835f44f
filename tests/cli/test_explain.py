"""`explain` and `completions`: what is known without a project."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from firstpush.cli.main import COMMANDS, main
from firstpush.cli.pages import known_rules, pages


def out(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(argv) == 0
    return capsys.readouterr().out


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = out(capsys, "explain").splitlines()
    assert [tuple(line.split()[:2]) for line in lines] == list(known_rules())
    rules = json.loads(out(capsys, "explain", "--format", "json"))["rules"]
    assert [rule["code"] for rule in rules] == [code for code, _ in known_rules()]


@pytest.mark.parametrize("word", ["FP101", "fp101", "pip-into-managed-python"])
def test_a_page_by_code_or_name(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "explain", word)
    assert text.startswith("# FP101 pip-into-managed-python\n")
    assert "<!--" not in text


def test_a_page_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    rule = json.loads(out(capsys, "explain", "FP101", "--format", "json"))["rules"][0]
    assert rule["page"].startswith("# FP101")
    assert "pep668-refused" in rule["causes"]


def test_a_cause_and_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert "FP101" in out(capsys, "explain", "pep668-refused")
    assert all(line.startswith("FP3") for line in out(capsys, "explain", "FP3").splitlines())


def test_colour_only_tints(capsys: pytest.CaptureFixture[str]) -> None:
    import re

    plain = out(capsys, "explain", "FP101", "--color", "never")
    assert re.sub(r"\x1b\[[0-9;]*m", "", out(capsys, "explain", "FP101", "--color", "always")) == plain


def test_every_page_has_the_heading_of_its_file() -> None:
    for code, path in pages().items():
        if path.name == "suppressions.md":
            assert code in path.read_text(encoding="utf-8").splitlines()[0]
            continue
        heading = path.read_text(encoding="utf-8").splitlines()[0]
        assert heading == f"# {code} {path.stem.removeprefix(code + '-')}"
        assert (code, path.stem.removeprefix(code + "-")) in known_rules()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_know_commands_options_and_choices(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    script = out(capsys, "completions", shell)
    assert "check" in script
    assert "fail-on" in script
    assert "sarif" in script
    assert "simulate" not in COMMANDS


@pytest.mark.process
def test_bash_takes_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    script = out(capsys, "completions", "bash")
    ask = 'COMP_WORDS=(firstpush check --format s); COMP_CWORD=3; _firstpush; echo "${COMPREPLY[@]}"'
    ask += '; COMP_WORDS=(firstpush ch); COMP_CWORD=1; _firstpush; echo "${COMPREPLY[@]}"'
    run = subprocess.run([bash, "-c", script + ask], capture_output=True, text=True, timeout=20)
    assert run.stdout.split() == ["sarif", "check"]
    assert run.stderr == ""
