"""FP104: `python -m ensurepip` runs pip inside a Python that is externally managed."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP104",
    "ensurepip-refused",
    "`python -m ensurepip` runs pip inside a Python that is externally managed.",
    triggers=("pep668-refused@ensurepip",),
    help=(
        "ensurepip runs pip inside this very Python, which refuses; `python -m venv` runs it inside a virtual"
        " environment, which is allowed"
    ),
)
