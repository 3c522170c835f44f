"""FP204: No distribution of a requirement fits this Python or exists at all."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP204",
    "no-matching-distribution",
    "No distribution of a requirement fits this Python or exists at all.",
    triggers=("no-matching-distribution",),
    help=("choose a version that exists for this Python, or another Python"),
)
