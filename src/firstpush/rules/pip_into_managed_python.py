"""FP101: An install command reaches a Python that is externally managed (PEP 668)."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.diagnostic import Diagnostic
from firstpush.rules.environment_advice import advice
from firstpush.rules.framework import Context, Finding, Rule

RULE = Rule(
    "FP101",
    "pip-into-managed-python",
    "An install command reaches a Python that is externally managed (PEP 668).",
    triggers=("pep668-refused",),
    help=(
        "install into a virtual environment, in one command: `python -m venv --copies /opt/venv && . "
        "/opt/venv/bin/activate && pip install -r requirements.txt`, and put `/opt/venv/bin` on PATH for the "
        "start; or drop the override and let the builder do this by itself"
    ),
)


def judge(finding: Finding, context: Context) -> Iterator[Diagnostic]:
    """The finding, with advice that repeats the command."""
    yield context.diagnostic(RULE, finding, help=finding.help or advice(RULE, finding, context))
