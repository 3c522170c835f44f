"""FP117: An override lets an install into a managed Python through, and that is all that holds the deployment."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP117",
    "install-into-managed-python",
    "An override lets an install into a managed Python through, and that is all that holds the deployment.",
    triggers=("works-by-luck",),
    help=(
        "install into a virtual environment instead: the override works as long as the build runs as root and the "
        "start uses this very Python; console scripts land off PATH"
    ),
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """Vercel's plan tells about the flag itself (FP506): there the install is redundant rather than lucky."""
    if context.plan.platform != "vercel":
        yield context.diagnostic(RULE, finding)
