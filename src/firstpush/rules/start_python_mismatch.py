"""FP302: The app is started with another Python than the one its requirements went into."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP302",
    "start-python-mismatch",
    "The app is started with another Python than the one its requirements went into.",
    triggers=("start-python-mismatch",),
    help=("start with the Python that was installed into: put its bin folder on PATH or name it in full"),
)
