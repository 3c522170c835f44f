"""FP513: A Python version that Vercel does not take."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP513",
    "vercel-python-version",
    "A Python version that Vercel does not take.",
    triggers=(
        "key:vercel-python-version",
        "vercel/python-version",
    ),
    help="ask for a version of the image, in `.python-version` or `requires-python`",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The builder's own command fails for the reason that the plan has told already: once is enough."""
    if finding.key or all(problem.cause is not finding.cause for problem in context.plan.problems):
        yield context.diagnostic(RULE, finding)
