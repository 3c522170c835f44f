"""What a command that could not even start was meant to do, so that the simulation can go past its failure.

In: the call of a `pip` or a Python that does not exist (or has no pip); out: effects, as if it had existed. They are
applied only after the failure was recorded.
"""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from firstpush.model.outcome import Failure
from firstpush.model.value import replace
from firstpush.simulate.invocation import Effect, Word
from firstpush.simulate.resolve import DEFAULT_PATH, is_python
from firstpush.simulate.shell.session import Status

if TYPE_CHECKING:
    from firstpush.simulate.shell.commands import Call
    from firstpush.simulate.state import PythonView

# A pip that knows all options of today; which one hardly matters for what it would have installed.
_PIP = "26.0"


def any_python(call: Call) -> PythonView | None:
    """The Python that a command of this environment most likely means: the first on PATH, else the machine's first."""
    state = call.run.state
    for folder in (call.env.get("PATH") or DEFAULT_PATH).split(":"):
        for name in ("python3", "python"):
            view = state.python(join(call.cwd, folder, name), call.env, call.user)
            if view is not None:
                return view
    for interpreter in state.machine.interpreters:
        view = state.python(interpreter.executable, call.env, call.user)
        if view is not None:
            return view
    return None


def of_pip(call: Call, view: PythonView | None, words: tuple[Word, ...]) -> tuple[Effect, ...]:
    """What `pip words…` of this Python would have done, had it been there and not refused."""
    from firstpush.simulate.installers.registry import run_tool
    from firstpush.simulate.shell.commands import invocation
    from firstpush.simulate.state import ToolView

    view = view or any_python(call)
    if view is None or not words:
        return ()
    env = {**call.env, "PIP_BREAK_SYSTEM_PACKAGES": "1"}
    made = replace(call, argv=(Word("pip", call.span), *words), env=env)
    tool = ToolView("pip", "pip", _PIP, replace(view, pip=_PIP, pip_dir=view.site))
    result = run_tool(invocation(made, view.executable), tool)
    return (*result.effects, *result.intended) if result is not None else ()


def past_missing_python(call: Call, failure: Failure) -> Status:
    """Go on as if the Python that was named were one that exists; the failure stays."""
    from firstpush.simulate.shell.commands import external

    run = call.run
    view = any_python(call)
    if view is None or not is_python(call.name):
        return Status(127, failure)
    with run.deciding(False, True), run.recorder.silent():
        status = external(replace(call, argv=(replace(call.argv[0], text=view.executable), *call.argv[1:])))
    return Status(127, failure, intended=status.intended)
