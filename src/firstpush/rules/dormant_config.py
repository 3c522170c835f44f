"""FP401: A configuration file is ignored by the builder that wins."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP401",
    "dormant-config",
    "A configuration file is ignored by the builder that wins.",
    triggers=("dormant-config",),
    help=("remove the file, or move what it says to where the winning builder reads it"),
)
