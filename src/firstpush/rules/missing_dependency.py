"""FP305: The app imports a distribution that no requirement names."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP305",
    "missing-dependency",
    "The app imports a distribution that no requirement names.",
    triggers=("missing-dependency",),
    help=("add it to the requirements"),
)
