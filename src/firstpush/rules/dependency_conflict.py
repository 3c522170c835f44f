"""FP205: Requirements contradict each other."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP205",
    "dependency-conflict",
    "Requirements contradict each other.",
    triggers=("dependency-conflict",),
    help=("hold the one back, or replace the other by its successor: the trace and the message name both"),
)
