"""FP112: A requirement or the project does not support the Python that runs it."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP112",
    "python-version",
    "A requirement or the project does not support the Python that runs it.",
    triggers=("python-version",),
    help=("choose a Python that the requirement supports, or a version of the requirement that supports this Python"),
)
