"""FP215: The shell cannot run the command as written."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP215",
    "shell-error",
    "The shell cannot run the command as written.",
    triggers=("shell-quoting",),
    help=("correct the command's syntax"),
)
