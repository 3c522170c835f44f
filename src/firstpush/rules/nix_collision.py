"""FP108: Two packages in nixPkgs bring the same files."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP108",
    "nix-collision",
    "Two packages in nixPkgs bring the same files.",
    triggers=("nix-collision",),
    help=(
        "name only one Python; choose its version with `.python-version` or NIXPACKS_PYTHON_VERSION instead of nixPkgs"
    ),
)
