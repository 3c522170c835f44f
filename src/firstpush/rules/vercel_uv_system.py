"""FP505: `uv pip install --system` leaves the build venv for the managed Python."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP505",
    "vercel-uv-system",
    "`uv pip install --system` leaves the build venv for the managed Python.",
    triggers=("vercel/pep668-refused@uv",),
    help="delete the command, or drop `--system`",
)
