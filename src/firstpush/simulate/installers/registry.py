"""Which model answers for which program. In: a resolved program, module or script; out: `Result`, or None: no model.

The shell interpreter asks here; it has resolved the name, this finds the model and the Python that runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstpush.simulate.installers.running_python import RunningPython

if TYPE_CHECKING:
    from firstpush.simulate.invocation import Invocation, Result
    from firstpush.simulate.state import PythonView, ToolView


def _running(invocation: Invocation, view: PythonView, flags: str = "") -> RunningPython:
    env = {**invocation.env, **view.sets_env}
    return RunningPython(view, env, invocation.user, invocation.state, flags)


def run_tool(invocation: Invocation, tool: ToolView) -> Result | None:
    """A program that is no Python: `pip`, `uv`, `poetry`, …"""
    if tool.kind == "pip" and tool.python is not None:
        from firstpush.simulate.installers.pip import run_pip
        from firstpush.simulate.installers.pip_run import Pip

        module_dir = tool.program.module_dir if tool.program else None
        return run_pip(invocation, _running(invocation, tool.python), Pip(tool.version, module_dir))
    return None


def run_module(name: str, invocation: Invocation, python: PythonView, flags: str = "") -> Result | None:
    """`python -m NAME …`; `invocation.argv[0]` is the name's word; `flags`: the letters given to python before -m."""
    running = _running(invocation, python, flags)
    if name == "pip":
        from firstpush.simulate.installers.pip import run_pip
        from firstpush.simulate.installers.pip_run import Pip

        if python.pip is None:
            return None
        return run_pip(invocation, running, Pip(python.pip, python.pip_dir))
    return None


def run_script(invocation: Invocation, python: PythonView, flags: str = "") -> Result | None:
    """`python FILE …`; `invocation.argv[0]` is the file's word."""
    del invocation, python, flags
    return None


def run_named(name: str, invocation: Invocation) -> Result | None:
    """System package managers by name."""
    del name, invocation
    return None
