"""FP110: A Python is called by a name that is not on PATH."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP110",
    "python-not-found",
    "A Python is called by a name that is not on PATH.",
    triggers=("python-command-not-found",),
    help=("call a Python that this machine has, or let the builder choose one"),
)
