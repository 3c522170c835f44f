"""FP408: The configuration rests on something that the platform is ending."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP408",
    "builder-end-of-life",
    "The configuration rests on something that the platform is ending.",
    triggers=("builder-end-of-life",),
    help=("plan the move"),
)
