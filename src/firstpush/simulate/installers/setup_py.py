"""`python setup.py …`. In: invocation, Python; out: `Result` or None."""

from __future__ import annotations

from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.invocation import Invocation, Result


def run_setup_py(invocation: Invocation, python: RunningPython) -> Result | None:
    """What `python setup.py …` does."""
    del invocation, python
    return None
