"""FP402: A key that the platform does not know and silently ignores."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP402",
    "unknown-config-key",
    "A key that the platform does not know and silently ignores.",
    triggers=("unknown-config-key",),
    help=("correct the key's name, or remove it"),
)
