"""Does a command fail because an earlier one's `cd`, `export` or activation did not last?

In: the failing step, the shell it began with, an earlier step with its shell at the beginning and at the end; out: a
`Failure` at the earlier command and the state that was meant, or None. The proof is a counterfactual: with the earlier
shell the command works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.outcome import Failure, Verdict
from firstpush.simulate.shell.ast import AndOr, Group, Simple
from firstpush.simulate.shell.parser import parse

if TYPE_CHECKING:
    from firstpush.model.plan import Step
    from firstpush.simulate.shell.session import Shell
    from firstpush.simulate.state import State

# Causes that a working directory or an environment can make.
_CAN_BE = frozenset(
    (
        Cause.PEP668_REFUSED,
        Cause.PIP_COMMAND_NOT_FOUND,
        Cause.NO_MODULE_PIP,
        Cause.PYTHON_COMMAND_NOT_FOUND,
        Cause.COMMAND_NOT_FOUND,
        Cause.SCRIPT_NOT_ON_PATH,
        Cause.WRONG_REQUIREMENTS_PATH,
        Cause.WRONG_WORKING_DIRECTORY,
        Cause.WRONG_ENTRYPOINT_PATH,
        Cause.MODULE_NOT_FOUND_AT_START,
        Cause.START_PYTHON_MISMATCH,
        Cause.NOT_A_VIRTUALENV,
        Cause.USER_SITE_UNAVAILABLE,
        Cause.BREAK_FLAG_UNSUPPORTED,
        Cause.PYPROJECT_NO_PROJECT_TABLE,
        Cause.PERMISSION_DENIED,
        Cause.READ_ONLY_FILESYSTEM,
        Cause.OTHER,
    )
)


def changes(begun: Shell, ended: Shell) -> list[str]:
    """What a command changed in its shell, in words."""
    found: list[str] = []
    if begun.cwd != ended.cwd:
        found.append(f"the working directory {ended.cwd}")
    venv = ended.variables.get("VIRTUAL_ENV")
    if venv and begun.variables.get("VIRTUAL_ENV") != venv:
        found.append(f"the activation of {venv}")
    names = [
        name
        for name, value in ended.variables.items()
        if name not in ("OLDPWD", "VIRTUAL_ENV") and not name.startswith("\0") and begun.variables.get(name) != value
    ]
    if venv and "PATH" in names:
        names.remove("PATH")
    found += [f"the variable {name}" for name in sorted(names)[:3]]
    return found


def sets_state_last(text: str) -> bool:
    """Whether a command's last act is a `cd`, an `export` or an activation, which only a following one could use."""
    script = parse(text)
    if not script.items:
        return False
    last = script.items[-1].command
    while isinstance(last, AndOr):
        last = last.right
    if isinstance(last, Group) and last.body and not last.subshell:
        last = last.body[-1].command
    if not isinstance(last, Simple):
        return False
    return not last.words or last.words[0].literal in ("cd", "pushd", "export", ".", "source", "set", "alias")


def lost_state(
    state: State, step: Step, shell: Shell, failure: Failure, earlier: Step, begun: Shell, ended: Shell
) -> tuple[Failure, State] | None:
    """See the module's docstring."""
    from firstpush.simulate.steps import run_form

    if failure.cause not in _CAN_BE:
        return None
    lost = changes(begun, ended)
    if not lost or not sets_state_last(earlier.command.text.text):
        return None
    carried = replace_shell(shell, begun, ended)
    execution, _ = run_form(state, carried, step.shell, step.command.text)
    if execution.outcome.verdict is Verdict.FAILS:
        return None
    what = " and ".join(lost[:2])
    why = f"{what} ends with this command; the next command begins a new shell without it"
    label = Label(span, "does not last") if (span := earlier.command.text.span()) is not None else None
    trace = (
        TraceStep(f"this command sets {what}", span),
        TraceStep("every command runs in a new shell: only files persist"),
        TraceStep(f"so a later command fails: {failure.why}", failure.label.span if failure.label else None),
        TraceStep("run in the same shell it would not"),
    )
    return Failure(Cause.STATE_LOST_BETWEEN_COMMANDS, why, label, trace), execution.state


def replace_shell(shell: Shell, begun: Shell, ended: Shell) -> Shell:
    """The step's shell with what the earlier command changed."""
    carried = shell.copy()
    if begun.cwd != ended.cwd:
        carried.cwd = ended.cwd
    for name, value in ended.variables.items():
        if begun.variables.get(name) != value or name not in begun.variables:
            carried.set(name, value, export=name in ended.exported)
    for name, function in ended.functions.items():
        carried.functions[name] = function
    return carried
