"""FP409: A variable replaces PATH."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP409",
    "path-variable",
    "A variable replaces PATH.",
    triggers=("key:nixpacks-path-variable",),
    help=("remove it; use `paths` to put a folder before PATH"),
)
