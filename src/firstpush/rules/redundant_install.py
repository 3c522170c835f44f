"""FP217: An install command does what the platform does anyway, or has no effect."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP217",
    "redundant-install",
    "An install command does what the platform does anyway, or has no effect.",
    triggers=("redundant-install",),
    help=("delete the command: the platform installs the requirements by itself"),
)
