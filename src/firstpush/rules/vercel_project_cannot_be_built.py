"""FP522: uv builds the project itself, and that fails."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP522",
    "vercel-project-cannot-be-built",
    "uv builds the project itself, and that fails.",
    triggers=(
        "key:vercel-project-cannot-be-built",
        "vercel/package-discovery",
    ),
    help="delete [build-system]: an app that is deployed is not a package",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The builder's own command fails for the reason that the plan has told already: once is enough."""
    if finding.key or all(problem.cause is not finding.cause for problem in context.plan.problems):
        yield context.diagnostic(RULE, finding)
