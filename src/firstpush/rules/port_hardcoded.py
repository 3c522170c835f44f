"""FP308: The server does not listen where the platform looks for it."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP308",
    "port-hardcoded",
    "The server does not listen where the platform looks for it.",
    triggers=("port-hardcoded",),
    help=("listen on `0.0.0.0` and on `$PORT`"),
)
