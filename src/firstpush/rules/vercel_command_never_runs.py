"""FP503: A command of vercel.json is never run."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.model.value import replace
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP503",
    "vercel-command-never-runs",
    "A command of vercel.json is never run.",
    triggers=("key:vercel-command-never-runs",),
    help="delete it: it changes nothing",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """What never runs cannot fail: it is told as dormant."""
    yield replace(context.diagnostic(RULE, finding), dormant=True)
