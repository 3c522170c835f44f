"""FP501: An install command runs on the build image's own Python, which uv manages."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP501",
    "vercel-install-into-image-python",
    "An install command runs on the build image's own Python, which uv manages.",
    triggers=(
        "vercel/pep668-refused",
        "vercel/not-a-virtualenv",
    ),
    help="delete the command: functions get their packages from requirements.txt or pyproject.toml by themselves",
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The refusal in words that say whose Python it is; the trace has the rest."""
    tool = "uv" if finding.program == "uv" else "pip"
    if finding.cause is Cause.PEP668_REFUSED:
        why = "the build image's own Python, which is managed by uv"
        message = f"{tool} refuses: this command runs outside of any virtual environment, on {why}."
    else:
        message = "uv finds no virtual environment: this command runs on the build image's own Python."
    yield context.diagnostic(RULE, finding, message=message)
