"""FP100: A command fails for a reason that no other rule names."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP100",
    "command-fails",
    "A command fails for a reason that no other rule names.",
    triggers=(),
    help=(""),
)
