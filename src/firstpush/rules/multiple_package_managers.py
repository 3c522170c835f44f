"""FP211: Several package managers have files here, and the builder takes another than meant."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP211",
    "multiple-package-managers",
    "Several package managers have files here, and the builder takes another than meant.",
    triggers=("multiple-package-managers",),
    help=("keep the files of one package manager"),
)
