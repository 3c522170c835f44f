"""FP504: `--user` inside Vercel's build venv."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP504",
    "vercel-user-install",
    "`--user` inside Vercel's build venv.",
    triggers=("vercel/user-site-unavailable",),
    help="delete the command: Vercel installs the manifest by itself",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """pip's own sentence, after what it means here."""
    message = f"pip refuses `--user` inside Vercel's build venv: {finding.message}"
    yield context.diagnostic(RULE, finding, message=message)
