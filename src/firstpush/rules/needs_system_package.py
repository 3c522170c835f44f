"""FP212: A distribution needs a system library or a compiler that the machine lacks."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP212",
    "needs-system-package",
    "A distribution needs a system library or a compiler that the machine lacks.",
    triggers=("needs-compiler", "needs-system-lib", "apt-package-missing"),
    help=("add the system package that brings it"),
)
