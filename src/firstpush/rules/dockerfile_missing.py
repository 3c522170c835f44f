"""FP407: A Dockerfile is named that does not exist."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP407",
    "dockerfile-missing",
    "A Dockerfile is named that does not exist.",
    triggers=("dockerfile-not-found",),
    help=("correct the path, or remove the setting"),
)
