"""FP405: A builder is named that the platform does not have."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP405",
    "unknown-builder",
    "A builder is named that the platform does not have.",
    triggers=("unknown-builder",),
    help=("name one of the platform's builders"),
)
