"""FP508: A failed install is hidden, and the build goes on."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP508",
    "vercel-hidden-failure",
    "A failed install is hidden, and the build goes on.",
    triggers=(
        "key:vercel-script-without-set-e",
        "vercel/error-masked",
    ),
    help="delete the install, and begin the script with `set -e`",
)


TRIGGER_KEYS = ("vercel-script-without-set-e",)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """A hidden failure of a preset's install leaves the function without packages: the app fails when it starts."""
    if finding.key:
        yield context.diagnostic(RULE, finding)
        return
    told = [problem.primary.span.path for problem in context.plan.problems if problem.key in TRIGGER_KEYS]
    if finding.label is not None and finding.label.span.path in told:
        return
    if finding.step is not None and finding.step.id == "python:install":
        message = f"{finding.message}; the build is green, and the function has no packages"
        yield context.diagnostic(RULE, finding, severity=Severity.ERROR, message=message)
        return
    yield context.diagnostic(RULE, finding)
