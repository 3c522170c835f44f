"""FP523: uv.lock does not belong to pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP523",
    "vercel-stale-lock",
    "uv.lock does not belong to pyproject.toml.",
    triggers=(
        "key:vercel-stale-lock",
        "vercel/lockfile-out-of-sync",
    ),
    help="run `uv lock` and commit the lock file, or delete it",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The builder's own command fails for the reason that the plan has told already: once is enough."""
    if finding.key or all(problem.cause is not finding.cause for problem in context.plan.problems):
        yield context.diagnostic(RULE, finding)
