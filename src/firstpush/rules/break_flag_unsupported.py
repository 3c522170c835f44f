"""FP106: `--break-system-packages` is given to a pip that does not know it."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP106",
    "break-flag-unsupported",
    "`--break-system-packages` is given to a pip that does not know it.",
    triggers=("break-flag-unsupported",),
    help=("this pip is older than the flag (23.0.1); a virtual environment needs no flag"),
)
