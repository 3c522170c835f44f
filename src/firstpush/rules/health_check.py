"""FP310: The health check cannot get the answer it wants."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP310",
    "health-check",
    "The health check cannot get the answer it wants.",
    triggers=("healthcheck-path", "missing-route"),
    help=("give a path that answers with the wanted status"),
)
