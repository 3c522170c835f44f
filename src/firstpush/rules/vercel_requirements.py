"""FP521: A line of requirements.txt that pip takes and Vercel does not."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP521",
    "vercel-requirements",
    "A line of requirements.txt that pip takes and Vercel does not.",
    triggers=(
        "key:vercel-requirements",
        "vercel/invalid-requirement",
    ),
    help="write the line in a form that Vercel reads",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The builder's own command fails for the reason that the plan has told already: once is enough."""
    if finding.key or all(problem.cause is not finding.cause for problem in context.plan.problems):
        yield context.diagnostic(RULE, finding)
