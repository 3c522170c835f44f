"""FP212: A name in aptPkgs is no package of the image's distribution."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP212",
    "apt-package-missing",
    "A name in aptPkgs is no package of the image's distribution.",
    triggers=("apt-package-missing",),
    help="name the package as the image's distribution calls it, or remove it",
)
