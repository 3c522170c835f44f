"""FP203: A requirement cannot be parsed."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP203",
    "invalid-requirement",
    "A requirement cannot be parsed.",
    triggers=("invalid-requirement",),
    help=("correct the line"),
)
