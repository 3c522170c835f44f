"""FP901: A configuration file cannot be read."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP901",
    "config-parse-error",
    "A configuration file cannot be read.",
    triggers=("config-parse-error",),
    help=("correct the file"),
)
