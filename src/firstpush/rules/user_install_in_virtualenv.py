"""FP114: `--user` where user site-packages are not visible."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP114",
    "user-install-in-virtualenv",
    "`--user` where user site-packages are not visible.",
    triggers=("user-site-unavailable",),
    help=("drop `--user`: inside a virtual environment an install stays there anyway"),
)
