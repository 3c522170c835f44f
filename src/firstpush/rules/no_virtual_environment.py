"""FP113: An installer wants a virtual environment and finds none."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP113",
    "no-virtual-environment",
    "An installer wants a virtual environment and finds none.",
    triggers=("not-a-virtualenv",),
    help=("make one first (`uv venv`, `python -m venv`) and use it in the same command"),
)
