"""FP103: `python -m pip` is called with a Python that cannot import pip."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.environment_advice import advice
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP103",
    "no-module-pip",
    "`python -m pip` is called with a Python that cannot import pip.",
    triggers=("no-module-pip",),
    help=(
        "this Python comes without pip, and a pip package beside it does not change that; make a virtual "
        "environment in the same command and use its pip"
    ),
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The finding, with advice that repeats the command."""
    yield context.diagnostic(RULE, finding, help=finding.help or advice(RULE, finding, context))
