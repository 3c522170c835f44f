"""FP102: `pip` is called where no pip is on PATH."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP102",
    "pip-not-found",
    "`pip` is called where no pip is on PATH.",
    triggers=("pip-command-not-found",),
    help=(
        "the Python on this machine comes without pip; make a virtual environment first (it brings pip), in "
        "the same command: `python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install …`"
    ),
)
