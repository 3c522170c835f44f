"""FP206: A command writes where it may not."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP206",
    "not-writable",
    "A command writes where it may not.",
    triggers=("read-only-filesystem", "permission-denied"),
    help=("write to a place that the command's user may change; a virtual environment is one"),
)
