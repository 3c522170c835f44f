"""The replay command's own judgement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples.stages import TASKS

from replay_seeds import Seen, judge, options, together  # isort: skip

assert TASKS.is_dir()
FAILS: dict[str, Any] = {"expect_verdict": "fails", "expect_causes": ["pep668-refused"], "quote": "error: x"}
PASSES: dict[str, Any] = {"expect_verdict": "passes", "expect_causes": []}
LOST: dict[str, Any] = {"expect_verdict": "fails", "expect_causes": ["script-not-on-path"]}
REFUSED = Seen("fails", "pep668-refused")


@pytest.mark.parametrize(
    ("stage", "predicted", "rehearsed", "said", "problems"),
    [
        (FAILS, REFUSED, REFUSED, "error: x", []),
        (FAILS, REFUSED, Seen(), "", []),
        (FAILS, Seen("unknown"), REFUSED, "error: x", []),
        (FAILS, Seen("passes"), REFUSED, "error: x", ["predicted passes, is fails"]),
        (FAILS, Seen("fails", "other"), Seen(), "", ["predicted other, is pep668-refused"]),
        (LOST, Seen("fails", "script-not-on-path"), Seen("fails", "command-not-found"), "", []),
        (LOST, Seen("fails", "command-not-found"), Seen(), "", ["predicted command-not-found, is script-not-on-path"]),
        (FAILS, REFUSED, REFUSED, "error: y", ["the rehearsal never said 'error: x'"]),
        (PASSES, Seen("passes"), Seen("fails", "other"), "", ["rehearsed fails, is passes"]),
        (PASSES, Seen("error", note="boom"), Seen(), "", ["predicted: boom"]),
    ],
)
def test_what_does_not_agree_is_told(
    stage: dict[str, Any], predicted: Seen, rehearsed: Seen, said: str, problems: list[str]
) -> None:
    assert judge(stage, predicted, rehearsed, said) == problems


def test_one_failing_service_makes_the_whole_fail() -> None:
    assert together(["passes", "unknown", "fails"]) == "fails"
    assert together(["passes", "unknown"]) == "unknown"
    assert together(["passes", "passes"]) == "passes"
    assert together([]) == "-"


def test_what_the_files_do_not_say_becomes_options() -> None:
    stage = {"as_of": "2026-02-01", "builder": "nixpacks", "builder_version": "1.38.0", "env": {"A": "b"}}
    assert options(stage) == ["--as-of", "2026-02-01", "--builder", "nixpacks@1.38.0", "--env", "A=b"]
