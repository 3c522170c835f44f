"""FP103: `python -m pip` is called with a Python that cannot import pip."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP103",
    "no-module-pip",
    "`python -m pip` is called with a Python that cannot import pip.",
    triggers=("no-module-pip",),
    help=(
        "this Python comes without pip, and a pip package beside it does not change that; make a virtual "
        "environment in the same command and use its pip"
    ),
)
