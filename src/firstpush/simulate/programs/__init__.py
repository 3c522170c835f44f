"""Programs: how what a name reached is started, and the models of those that install nothing.

In: a `Call` and the file that its name resolved to; out: a `Status`. The models of installers are in `installers/`.
"""

from __future__ import annotations

import re
from posixpath import basename, join
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import TraceStep
from firstpush.model.text import SpannedText
from firstpush.model.value import replace
from firstpush.simulate.core import CORE_UTILITIES
from firstpush.simulate.filesystem import File
from firstpush.simulate.invocation import Word
from firstpush.simulate.resolve import Resolution, is_pip
from firstpush.simulate.shell.commands import Call, finish, invocation
from firstpush.simulate.shell.session import Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.state import PythonView, ToolView


def start(call: Call, found: Resolution) -> Status:
    """Start the program at the resolved path."""
    path = found.path
    assert path is not None
    state = call.run.state
    node = state.files.node(path)
    if found.by is not None and not isinstance(node, File):
        return _console_script(call, path, found)
    if not isinstance(node, File):
        return unknown(f"what {path} is is not known")
    if node.interpreter is not None:
        from firstpush.simulate.programs.python import run_python

        return run_python(call, path, found.trace)
    if node.program is not None:
        return _tool(call, path, found)
    real = state.files.realpath(path)
    name = basename(real)
    if node.content is None and node.source is None and name in CORE_UTILITIES:
        return run_known(call, name, path, found.trace)
    return _script(call, path, node, found)


def run_known(call: Call, name: str, path: str, trace: tuple[TraceStep, ...]) -> Status:
    """Run a program by its kind, when there is a model for it."""
    from firstpush.simulate.programs.table import MODELS, RUNNERS

    runner = RUNNERS.get(name)
    if runner is not None:
        return runner(call)
    model = MODELS.get(name)
    if model is not None:
        return finish(call, model(invocation(call, path, trace)), trace)
    from firstpush.simulate.installers.registry import run_named

    result = run_named(name, invocation(call, path, trace))
    if result is not None:
        return finish(call, result, trace)
    call.run.emit(None)
    return unknown(f"there is no model of `{name}`")


def _tool(call: Call, path: str, found: Resolution) -> Status:
    state = call.run.state
    tool = state.tool(path, call.env, call.user)
    assert tool is not None
    if tool.stale is not None:
        cause = Cause.PIP_COMMAND_NOT_FOUND if is_pip(call.name) else Cause.COMMAND_NOT_FOUND
        why = f"{path} names the interpreter {tool.stale}, which does not exist"
        return call.failure(cause, why, code=127)
    trace = found.trace
    if tool.python is not None:
        trace = (*trace, TraceStep(f"{path} runs on {tool.python.executable}"))
    from firstpush.simulate.installers.registry import run_tool

    made = invocation(call, path, trace)
    result = run_tool(made, tool)
    if result is not None:
        return finish(call, result, trace)
    return _other_tool(call, path, tool, trace)


def _other_tool(call: Call, path: str, tool: ToolView, trace: tuple[TraceStep, ...]) -> Status:
    from firstpush.simulate.programs.servers import SERVERS
    from firstpush.simulate.programs.table import MODELS, RUNNERS

    if tool.kind in SERVERS and tool.python is not None:
        result = SERVERS[tool.kind](invocation(call, path, trace), tool.python)
        return finish(call, result, trace)
    if tool.kind in RUNNERS or tool.kind in MODELS:
        return run_known(call, tool.kind, path, trace)
    call.run.emit(None)
    texts = call.texts()
    if texts is not None and texts in (["--version"], ["--help"], ["-h"]):
        return Status(0)
    if tool.python is not None and len(call.argv) == 1 and _runs_alone(call, tool.python, tool.kind):
        return Status(0)
    return unknown(f"there is no model of `{tool.kind}`")


def _runs_alone(call: Call, python: PythonView, name: str) -> bool:
    from firstpush.simulate.programs.python import runs_alone

    return runs_alone(call.run.state, python, name)


def _console_script(call: Call, path: str, found: Resolution) -> Status:
    """A command that an installed distribution brings, whose file is not laid out."""
    from firstpush.simulate.programs.servers import SERVERS
    from firstpush.simulate.scripts import script_among

    state = call.run.state
    folder, _, name = path.rpartition("/")
    python = None
    for candidate in ("python", "python3"):
        python = python or state.python(join(folder, candidate), call.env, call.user)
    if python is None:
        for interpreter in state.machine.interpreters:
            view = state.python(interpreter.executable, call.env, call.user)
            if view is not None and state.distribution(found.by or "", (view.site,)) is not None:
                python = view
    if name in SERVERS and script_among(state.assumed, name)[0]:
        return _meant_server(call, path, name, found, python)
    if name in SERVERS and python is not None:
        return finish(call, SERVERS[name](invocation(call, path, found.trace), python), found.trace)
    call.run.emit(None)
    if python is not None and len(call.argv) == 1 and _runs_alone(call, python, name):
        return Status(0)
    return unknown(f"what `{name}` does is not known")


def _meant_server(call: Call, path: str, name: str, found: Resolution, python: PythonView | None) -> Status:
    """A server that an install should have brought which failed: whichever Python gets it meets the same app."""
    from firstpush.simulate.intended import any_python
    from firstpush.simulate.programs.servers import SERVERS

    python = python or any_python(call)
    result = SERVERS[name](invocation(call, path, found.trace), python) if python is not None else None
    if result is None or (result.failure is not None and result.failure.cause is Cause.START_PYTHON_MISMATCH):
        return unknown(f"which Python `{name}` would run on is not known")
    return finish(call, result, found.trace)


def _script(call: Call, path: str, node: File, found: Resolution) -> Status:
    """A file with text: its first line says what runs it."""
    state = call.run.state
    text = state.files.text(path)
    if text is None:
        state.tainted = f"what {path} does is not known"
        call.run.emit(None)
        return unknown(state.tainted)
    first = text.partition("\n")[0]
    origin = SpannedText.verbatim(text, node.source, 0) if node.source else SpannedText(text)
    if not first.startswith("#!"):
        from firstpush.simulate.programs.shells import run_text

        return run_text(call, text, origin, "bash", call.argv[1:], path)
    words = re.split(r"[ \t]+", first[2:].strip(" \t"), maxsplit=1)
    if not words[0]:
        state.tainted = f"what {path} does is not known"
        return unknown(state.tainted)
    return _through(call, path, words, text, origin, found)


def _through(call: Call, path: str, words: list[str], text: str, origin: SpannedText, found: Resolution) -> Status:
    """Run a script through the interpreter of its first line."""
    interpreter, rest = words[0], words[1] if len(words) > 1 else ""
    if interpreter.endswith("\r") or rest.endswith("\r"):
        why = f"{path}: its first line ends with a carriage return, so the kernel looks for `{words[0]}` with it"
        return call.failure(Cause.SHELL_QUOTING, why, code=127)
    files = call.run.state.files
    node = files.node(interpreter)
    if node is None:
        if files.exists(interpreter) is None:
            return unknown(f"whether {interpreter} exists is not known")
        cause = Cause.PIP_COMMAND_NOT_FOUND if is_pip(call.name) else Cause.COMMAND_NOT_FOUND
        return call.failure(cause, f"{path}: bad interpreter: {interpreter} does not exist", code=127)
    arguments = [interpreter, *([rest] if rest else []), path]
    argv = (*(Word(argument, call.span) for argument in arguments), *call.argv[1:])
    inner = replace(call, argv=argv, as_command=True)
    trace = (*found.trace, TraceStep(f"{path} is run by `{' '.join(words)}`"))
    return start(inner, Resolution(interpreter, trace=trace))
