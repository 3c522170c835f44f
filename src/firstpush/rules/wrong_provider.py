"""FP406: The builder takes the repository for an app of another language."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP406",
    "wrong-provider",
    "The builder takes the repository for an app of another language.",
    triggers=("wrong-provider",),
    help=('name the provider yourself: `providers = ["python"]`'),
)
