"""Scripts that serve: `python FILE` with a server in it, and Django's `manage.py`. In: `Invocation`; out: `Result`."""

from __future__ import annotations

import ast
from functools import lru_cache
from posixpath import dirname
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.simulate.imports import importable
from firstpush.simulate.invocation import Invocation, Result, Serving, Word
from firstpush.simulate.programs.arguments import fails

if TYPE_CHECKING:
    from firstpush.project.binds import Bind
    from firstpush.simulate.state import PythonView

from firstpush.simulate.programs.server_parts import app_failure, bad_port, read_options, split_bind


def script_server(invocation: Invocation, python: PythonView, path: str) -> Result | None:
    """`python FILE`: a Django command, or a file that starts a server itself; None: neither."""
    state = invocation.state
    text = state.files.text(path)
    if path.endswith("/manage.py") and len(invocation.argv) > 1:
        return _django(invocation, python, path)
    if text is None:
        return None
    bind = _bound(invocation, path)
    run = server_call(text)
    if run is None and bind is None:
        return None
    program, app = run if run is not None else ("the script", None)
    host = Word(bind.host, bind.host_span) if bind is not None and bind.host is not None else None
    port = None
    if bind is not None and (bind.from_env or bind.port is None):
        port = Word(None, bind.port_span, "the port is computed")
    elif bind is not None:
        port = Word(str(bind.port), bind.port_span)
    default_host = "127.0.0.1" if bind is not None and bind.default_host and host is None else None
    serving = Serving(program, host, port, default_host, None, python.executable, app, dirname(path), path)
    if app is not None:
        failure, doubt = app_failure(invocation, python, Word(app), dirname(path))
        if failure is not None:
            return Result(1, failure)
        if doubt:
            return Result(None, unknown=doubt, serves=serving)
    return Result(serves=serving)


def _bound(invocation: Invocation, path: str) -> Bind | None:
    """How the script itself says where to listen."""
    from firstpush.project.app import describe_file

    files = invocation.state.files
    source = files.source(path)
    for mount in files.mounts:
        if source is not None and mount.tree.exists(source):
            app = describe_file(mount.tree, source, source.rpartition("/")[0])
            return app.binds[0] if app is not None and app.binds else None
    return None


def _django(invocation: Invocation, python: PythonView, path: str) -> Result:
    state = invocation.state
    if importable(state, python, "django", (dirname(path),)) is False:
        why = f"{python.executable} cannot import `django`, which is not installed for it"
        return fails(invocation, Cause.MISSING_DEPENDENCY, why)
    command = invocation.argv[1].text
    if command != "runserver":
        return Result(None, unknown=f"what `manage.py {command}` does is not known", stdout=None)
    options = read_options(list(invocation.argv[2:]), frozenset(("--settings", "--pythonpath")))
    word = options.others[0] if options.others else None
    host, port = split_bind(word) if word is not None and ":" in (word.text or "") else (None, word)
    if (bad := bad_port(invocation, port)) is not None:
        return bad
    return Result(serves=Serving("django", host, port, "127.0.0.1", 8000, python.executable, None, invocation.cwd))


@lru_cache(maxsize=128)
def server_call(text: str) -> tuple[str, str | None] | None:
    """The server that a file starts when it is run, and the app given to it as a text."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "run":
            continue
        if not isinstance(node.func.value, ast.Name):
            continue
        owner = node.func.value.id
        if owner not in ("uvicorn", "hypercorn", "app", "application", "socketio", "server", "api"):
            continue
        given = node.args[0] if node.args and owner in ("uvicorn", "hypercorn") else None
        app = given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
        return (owner if owner in ("uvicorn", "hypercorn") else "flask"), app
    return None
