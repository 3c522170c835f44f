"""FP304: The started app imports a module that is not installed."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP304",
    "module-not-found-at-start",
    "The started app imports a module that is not installed.",
    triggers=("module-not-found-at-start",),
    help=("install what the app imports into the Python that starts it"),
)
