"""FP107: A name in nixPkgs is no attribute of nixpkgs."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP107",
    "undefined-nix-package",
    "A name in nixPkgs is no attribute of nixpkgs.",
    triggers=("nix-undefined-variable",),
    help=("remove the name; for Python the builder brings the right packages by itself"),
)
