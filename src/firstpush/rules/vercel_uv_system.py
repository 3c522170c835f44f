"""FP505: `uv pip install --system` leaves the build venv for the managed Python."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP505",
    "vercel-uv-system",
    "`uv pip install --system` leaves the build venv for the managed Python.",
    triggers=("vercel/pep668-refused@uv",),
    help="delete the command, or drop `--system`",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """Whose Python `--system` means here."""
    message = "uv refuses: `--system` means the build image's own Python, which is managed by uv."
    yield context.diagnostic(RULE, finding, message=message)
