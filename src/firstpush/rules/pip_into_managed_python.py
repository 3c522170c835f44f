"""FP101: An install command reaches a Python that is externally managed (PEP 668)."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP101",
    "pip-into-managed-python",
    "An install command reaches a Python that is externally managed (PEP 668).",
    triggers=("pep668-refused",),
    help=(
        "install into a virtual environment, in one command: `python -m venv --copies /opt/venv && . "
        "/opt/venv/bin/activate && pip install -r requirements.txt`, and put `/opt/venv/bin` on PATH for the "
        "start; or drop the override and let the builder do this by itself"
    ),
)
