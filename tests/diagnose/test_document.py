"""Texts about a failure, which are no logs: what they quote word for word is possible."""

from __future__ import annotations

import pytest

from firstpush.diagnose import diagnose
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty

NIX = """\
error: externally-managed-environment

× This environment is externally managed
╰─> This command has been disabled as it tries to modify the immutable
    `/nix/store` filesystem.
"""
UV = """\
error: externally-managed-environment

× This environment is externally managed
╰─> This Python installation is managed by uv and should not be modified.
"""
AFTER = "Successfully installed flask-3.0.0\nBuild Completed in 12s\nDeployment completed\n"


def document(said: str, after: str = AFTER) -> str:
    return f"# Why the deployment failed\n\n## Error\n\n```\n{said}```\n\n## After the repair\n\n```\n{after}```\n"


@pytest.mark.parametrize(("said", "word"), [(NIX, "Nix"), (UV, "uv")])
def test_a_quoted_refusal_is_possible(said: str, word: str) -> None:
    found = diagnose(document(said))
    assert [cause.cause for cause in found.causes] == [Cause.PEP668_REFUSED]
    assert found.causes[0].certainty is Certainty.POSSIBLE
    assert word in found.causes[0].message
    assert "no log" in found.causes[0].message
    assert found.causes[0].lines[0] == 6
    assert not found.ended_well


def test_a_log_that_went_on_says_nothing() -> None:
    found = diagnose(NIX + AFTER)
    assert found.causes == ()
    assert found.ended_well


def test_a_log_that_prints_a_document_says_nothing() -> None:
    lines = document(NIX).splitlines()
    assert diagnose("\n".join(f"2026-01-02T03:04:05.678Z {line}" for line in lines)).causes == ()
    assert diagnose("\n".join(f"#12 0.345 {line}" for line in lines)).causes == ()


def test_words_outside_of_code_are_no_quotation() -> None:
    text = document("nothing\n").replace("## Error", f"## Error\n\n{NIX}")
    assert diagnose(text).causes == ()


def test_a_comment_of_a_shell_is_no_heading() -> None:
    assert diagnose(f"```\n# install\n{NIX}```\n{AFTER}").causes == ()


def test_what_else_a_document_quotes_is_not_told() -> None:
    assert diagnose(document("ModuleNotFoundError: No module named 'flask'\n")).causes == ()
