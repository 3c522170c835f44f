"""What waits behind a start that cannot even reach its program.

In: the state and the shell of the start, and its outcome; out: the failures met next, once the program is reached where
it was installed. Only what the project itself brings about is told: that is met whichever way the user repairs the
first failure. What depends on the Python that he then chooses is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.outcome import Failure, Outcome, Verdict
from firstpush.simulate.scripts import normalise
from firstpush.simulate.steps import run_form

if TYPE_CHECKING:
    from firstpush.model.plan import Start
    from firstpush.simulate.shell.session import Shell
    from firstpush.simulate.state import State

_PASSED = frozenset((Cause.SCRIPT_NOT_ON_PATH, Cause.START_PYTHON_MISMATCH))
_LASTS = frozenset(
    (Cause.DEPENDENCY_CONFLICT, Cause.MISSING_DEPENDENCY, Cause.WRONG_ENTRYPOINT_PATH, Cause.PORT_NOT_EXPANDED)
)
_TOOLS = frozenset(("pip", "setuptools", "wheel"))


def behind(state: State, shell: Shell, start: Start, outcome: Outcome) -> tuple[Failure, ...]:
    """The certain failures behind the outcome's first one, or none."""
    failure, path = outcome.failure, shell.variables.get("PATH")
    if outcome.verdict is not Verdict.FAILS or failure is None or failure.cause not in _PASSED or path is None:
        return ()
    folders = _script_folders(state)
    if len(folders) != 1:
        return ()  # which of the installs the user goes on with is not known
    reaching = shell.copy()
    reaching.set("PATH", f"{folders.pop()}:{path}")
    execution, _ = run_form(state, reaching, start.shell, start.command.text)
    again = execution.outcome
    if again.verdict is not Verdict.FAILS:
        return ()
    met = {(one.cause, one.label.span if one.label else None) for one in outcome.failures}
    found: list[Failure] = []
    for one in again.failures:
        if one.masked or one.warning or (one.cause, one.label.span if one.label else None) in met:
            continue
        if one.cause not in _LASTS:
            break  # what comes after this is not certain any more
        if one.cause is Cause.MISSING_DEPENDENCY and state.packages:
            break  # another Python may have it from the system's packages
        found.append(one)
    return tuple(found)


def _script_folders(state: State) -> set[str]:
    """Where the console scripts of what the build installed lie."""
    return {
        folder
        for site in state.sites()
        if any(normalise(one.name) not in _TOOLS for one in state.installed(site))
        for folder in state.script_folders(site)
    }
