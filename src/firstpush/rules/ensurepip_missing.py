"""FP105: A virtual environment or pip cannot be made because ensurepip is missing."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP105",
    "ensurepip-missing",
    "A virtual environment or pip cannot be made because ensurepip is missing.",
    triggers=("ensurepip-missing",),
    help=(
        "install the package that brings it (Debian and Ubuntu: python3-venv), or use `virtualenv` or `uv "
        "venv`, which need no ensurepip"
    ),
)
