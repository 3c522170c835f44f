"""FP213: A command is called that is not on PATH."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP213",
    "command-not-found",
    "A command is called that is not on PATH.",
    triggers=("command-not-found",),
    help=("install the program that brings the command, or call one that exists here"),
)
