"""FP207: The shell hides the failure of a command that matters."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP207",
    "error-masked",
    "The shell hides the failure of a command that matters.",
    triggers=("error-masked",),
    help=("let the command fail: without `|| true` and with `&&` instead of `;` the build stops where the fault is"),
)
