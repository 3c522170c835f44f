"""FP115: Distributions are installed into a folder that does not reach the running app."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP115",
    "install-lost-at-run-time",
    "Distributions are installed into a folder that does not reach the running app.",
    triggers=("user-install-lost", "install-not-in-runtime-image"),
    help=("install into a folder that is part of the run-time image"),
)
