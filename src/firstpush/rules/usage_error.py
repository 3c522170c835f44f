"""FP216: A program is called with options that it does not take."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP216",
    "usage-error",
    "A program is called with options that it does not take.",
    triggers=("usage-error",),
    help=("use options that this version of the program takes"),
)
