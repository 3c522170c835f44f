"""FP116: A virtual environment is committed to the repository."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP116",
    "venv-committed",
    "A virtual environment is committed to the repository.",
    triggers=("venv-committed",),
    help=("remove it from the repository and add it to .gitignore: it only works on the machine that made it"),
)
