"""FP102: `pip` is called where no pip is on PATH."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.environment_advice import advice
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP102",
    "pip-not-found",
    "`pip` is called where no pip is on PATH.",
    triggers=("pip-command-not-found",),
    help=(
        "the Python on this machine comes without pip; make a virtual environment first (it brings pip), in "
        "the same command: `python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install …`"
    ),
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The finding, with advice that repeats the command."""
    yield context.diagnostic(RULE, finding, help=finding.help or advice(RULE, finding, context))
