"""FP404: The builder cannot tell how to build what is in the folder."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP404",
    "no-build-plan",
    "The builder cannot tell how to build what is in the folder.",
    triggers=("no-build-plan",),
    help=("deploy the folder that the app is in (root directory), or name the provider"),
)
