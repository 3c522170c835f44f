"""FP519: pyproject.toml is the manifest, and its [project] table is missing or incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP519",
    "vercel-no-project-table",
    "pyproject.toml is the manifest, and its [project] table is missing or incomplete.",
    triggers=(
        "key:vercel-no-project-table",
        "vercel/pyproject-no-project-table",
    ),
    help="add a [project] table, or keep the tools' settings in their own files",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The builder's own command fails for the reason that the plan has told already: once is enough."""
    if finding.key or all(problem.cause is not finding.cause for problem in context.plan.problems):
        yield context.diagnostic(RULE, finding)
