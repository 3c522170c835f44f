"""FP403: A value that the platform's own validation rejects."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP403",
    "invalid-config-value",
    "A value that the platform's own validation rejects.",
    triggers=("invalid-schema-property",),
    help=("give a value of the type and from the choice that the platform takes"),
)
