"""Programs that serve an app: uvicorn, gunicorn, hypercorn, daphne, flask, django, streamlit, a script with a server.

In: an `Invocation` and the Python it runs on; out: a `Result` that serves, or the failure that stops it at once: an app
module that cannot be found or imported, an option that the program does not take (`$PORT` not expanded).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.simulate.imports import ImportCheck, importable
from firstpush.simulate.invocation import Invocation, Result, Serving, Word
from firstpush.simulate.programs.app_object import has_attribute
from firstpush.simulate.programs.coreutils import fails

if TYPE_CHECKING:
    from firstpush.project.binds import Bind
    from firstpush.simulate.state import PythonView

Model = Callable[[Invocation, "PythonView"], Result]


@dataclass(slots=True)
class Options:
    """Options with values (the last one wins), flags, and the other words."""

    values: dict[str, Word]
    flags: set[str]
    others: list[Word]


def read_options(words: list[Word], with_value: frozenset[str]) -> Options:
    """Split arguments. `with_value`: option names (with their dashes) that take the next word."""
    options = Options({}, set(), [])
    pending = list(words)
    while pending:
        word = pending.pop(0)
        text = word.text
        if text is None or not text.startswith("-") or text == "-":
            options.others.append(word)
            continue
        name, equals, value = text.partition("=")
        if equals and text.startswith("--"):
            options.values[name] = Word(value, word.span, pieces=None)
        elif text in with_value and pending:
            options.values[text] = pending.pop(0)
        elif not text.startswith("--") and text[:2] in with_value and len(text) > 2:
            options.values[text[:2]] = Word(text[2:], word.span)
        else:
            options.flags.add(text)
    return options


def _port(invocation: Invocation, word: Word | None) -> Result | None:
    """A failure when the port is the literal text `$PORT` (nothing expanded it) or no number."""
    if word is None or word.text is None or word.text.isdigit():
        return None
    if "$" in word.text:
        why = f"the port is the text `{word.text}`: no shell expands it here"
        return fails(invocation, Cause.PORT_NOT_EXPANDED, why, word, code=2)
    if word.text == "":
        return fails(invocation, Cause.PORT_NOT_EXPANDED, "the port is empty: the variable is not set", word, code=2)
    return fails(invocation, Cause.USAGE_ERROR, f"`{word.text}` is no port", word, code=2)


def app_failure(invocation: Invocation, python: PythonView, app: Word, folder: str) -> tuple[Failure | None, str]:
    """Why `module:attribute` cannot be served from this folder, or None; and why that is not certain."""
    from firstpush.simulate.programs.python import no_module

    if app.text is None:
        return None, app.why
    module, colon, attribute = app.text.partition(":")
    module = module.strip()
    if not module or "/" in module or module.endswith(".py"):
        why = f"`{app.text}` is no import path like `package.module:app`"
        return Failure(Cause.WRONG_ENTRYPOINT_PATH, why, _label(app, why)), ""
    state = invocation.state
    check = ImportCheck(state, python, (folder, *python.python_path))
    path = check.module(module)
    if path is None:
        truth = importable(state, python, module, check.folders)
        if truth is None:
            return None, f"whether `{module}` can be imported is not known"
        if truth is False:
            return _no_app(invocation, app, module, folder), ""
    if check.missing is not None:
        return no_module(state, app.span, python, check.missing, None, invocation.trace), ""
    if path is not None:
        text = state.files.text(path)
        name = (attribute or "app").split("(")[0].split(".")[0]
        if text is not None and colon and has_attribute(text, name) is False:
            why = f"`{module}` has no attribute `{name}`"
            return Failure(Cause.WRONG_ENTRYPOINT_PATH, why, _label(app, why)), ""
    return None, check.doubt


def _label(word: Word, why: str) -> Label | None:
    return Label(word.span, why) if word.span is not None else None


def _no_app(invocation: Invocation, app: Word, module: str, folder: str) -> Failure:
    """The app's module is not where the command looks; says where it lies instead."""
    state = invocation.state
    tail = module.replace(".", "/") + ".py"
    why = f"there is no module `{module}` in {folder}, from where the app is started"
    places = [path for path in state.files.walk(folder) if path.endswith("/" + tail)] if folder != "/" else []
    places = [path for path in places if "/site-packages/" not in path]
    if places:
        why += f"; {places[0]} exists"
    return Failure(Cause.WRONG_ENTRYPOINT_PATH, why, _label(app, why), invocation.trace)


def _serve(
    invocation: Invocation, python: PythonView, program: str, app: Word | None, folder: str, serving: Serving
) -> Result:
    """The common end: the app must be importable; then it serves."""
    if app is None:
        return Result(None, unknown=f"which app {program} serves is not known", serves=serving)
    failure, doubt = app_failure(invocation, python, app, folder)
    if failure is not None:
        return Result(3 if program == "gunicorn" else 1, failure)
    if doubt:
        return Result(None, unknown=doubt, serves=serving)
    return Result(serves=serving)


_UVICORN = frozenset(
    [
        "--host",
        "--port",
        "--uds",
        "--fd",
        "--reload-dir",
        "--reload-include",
        "--reload-exclude",
        "--workers",
        "--loop",
        "--http",
        "--ws",
        "--ws-max-size",
        "--ws-ping-interval",
        "--ws-ping-timeout",
        "--lifespan",
        "--interface",
        "--env-file",
        "--log-config",
        "--log-level",
        "--root-path",
        "--forwarded-allow-ips",
        "--limit-concurrency",
        "--backlog",
        "--limit-max-requests",
        "--timeout-keep-alive",
        "--ssl-keyfile",
        "--ssl-certfile",
        "--header",
        "--app-dir",
        "--timeout-graceful-shutdown",
    ]
)


def uvicorn(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(list(invocation.argv[1:]), _UVICORN)
    if options.flags & {"--version", "--help"}:
        return Result(stdout=None)
    port, host = options.values.get("--port"), options.values.get("--host")
    bad = _port(invocation, port)
    if bad is not None:
        return bad
    if not options.others:
        return fails(invocation, Cause.USAGE_ERROR, "uvicorn: the app is missing", code=2)
    folder = normpath(join(invocation.cwd, (options.values.get("--app-dir") or Word("")).text or ""))
    app = options.others[0]
    serving = Serving("uvicorn", host, port, "127.0.0.1", 8000, python.executable, app.text, folder)
    return _serve(invocation, python, "uvicorn", app, folder, serving)


_GUNICORN = frozenset(
    [
        "-b",
        "--bind",
        "-w",
        "--workers",
        "-k",
        "--worker-class",
        "-c",
        "--config",
        "-t",
        "--timeout",
        "--threads",
        "--chdir",
        "-p",
        "--pid",
        "--log-level",
        "--access-logfile",
        "--error-logfile",
        "-e",
        "--env",
        "-n",
        "--name",
        "-u",
        "--user",
        "-g",
        "--group",
        "--backlog",
        "--keep-alive",
        "--max-requests",
        "--max-requests-jitter",
        "--graceful-timeout",
        "--worker-tmp-dir",
        "--log-file",
        "--pythonpath",
        "--paste",
        "--forwarded-allow-ips",
        "--worker-connections",
        "--access-logformat",
        "--log-config",
        "--certfile",
        "--keyfile",
    ]
)


def gunicorn(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(list(invocation.argv[1:]), _GUNICORN)
    if options.flags & {"--version", "--help", "-v", "-h"}:
        return Result(stdout=None)
    bind = options.values.get("--bind") or options.values.get("-b")
    host, port = _bind(bind)
    bad = _port(invocation, port)
    if bad is not None:
        return bad
    folder = normpath(join(invocation.cwd, (options.values.get("--chdir") or Word("")).text or ""))
    config = options.values.get("--config") or options.values.get("-c")
    if config is not None and config.text and ":" not in config.text:
        if invocation.state.files.exists(join(invocation.cwd, config.text)) is False:
            why = f"gunicorn: the configuration file {config.text} does not exist"
            return fails(invocation, Cause.WRONG_ENTRYPOINT_PATH, why, config)
    worker = options.values.get("-k") or options.values.get("--worker-class")
    if worker is not None and worker.text and (lacking := _worker(invocation, python, worker, folder)) is not None:
        return lacking
    app = options.others[0] if options.others else None
    if app is None and config is None and "GUNICORN_CMD_ARGS" not in invocation.env:
        return fails(invocation, Cause.USAGE_ERROR, "gunicorn: No application module specified.", code=1)
    default_port = None if "PORT" in invocation.env and bind is None else 8000
    default_host: str | None = "0.0.0.0" if default_port is None else "127.0.0.1"  # gunicorn reads PORT itself
    if config is not None and bind is None:
        default_host = default_port = None
    name = app.text if app is not None else None
    serving = Serving("gunicorn", host, port, default_host, default_port, python.executable, name, folder)
    return _serve(invocation, python, "gunicorn", app, folder, serving)


def _bind(word: Word | None) -> tuple[Word | None, Word | None]:
    """Host and port of `host:port`."""
    if word is None or word.text is None:
        return (word, word) if word is not None else (None, None)
    if word.text.startswith(("unix:", "fd:")):
        return word, None
    host, colon, port = word.text.rpartition(":")
    if not colon:
        return Word(word.text, word.span), None
    return Word(host, word.span), Word(port, word.span)


def _worker(invocation: Invocation, python: PythonView, worker: Word, folder: str) -> Result | None:
    """The worker class must be importable."""
    name = worker.text or ""
    module = {"gevent": "gevent", "eventlet": "eventlet", "tornado": "tornado"}.get(name)
    if module is None and "." in name:
        module = name.split(".")[0]
    if module is None or importable(invocation.state, python, module, (folder,)) is not False:
        return None
    from firstpush.simulate.scripts import distribution_of_module

    why = f"the worker class `{name}` needs `{distribution_of_module(module) or module}`, which is not installed"
    return fails(invocation, Cause.MISSING_DEPENDENCY, why, worker)


def hypercorn(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("-b", "--bind", "-c", "--config", "-w", "--workers", "-k"))
    )
    bind = options.values.get("--bind") or options.values.get("-b")
    host, port = _bind(bind)
    if (bad := _port(invocation, port)) is not None:
        return bad
    app = options.others[0] if options.others else None
    serving = Serving(
        "hypercorn", host, port, "127.0.0.1", 8000, python.executable, app.text if app else None, invocation.cwd
    )
    return _serve(invocation, python, "hypercorn", app, invocation.cwd, serving)


def daphne(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("-b", "--bind", "-p", "--port", "-e", "--endpoint", "-u"))
    )
    port = options.values.get("--port") or options.values.get("-p")
    if (bad := _port(invocation, port)) is not None:
        return bad
    host = options.values.get("--bind") or options.values.get("-b")
    app = options.others[0] if options.others else None
    serving = Serving(
        "daphne", host, port, "127.0.0.1", 8000, python.executable, app.text if app else None, invocation.cwd
    )
    return _serve(invocation, python, "daphne", app, invocation.cwd, serving)


def flask(invocation: Invocation, python: PythonView) -> Result:
    values = frozenset(("--app", "-A", "--host", "-h", "--port", "-p", "--env-file", "-e", "--cert", "--key"))
    options = read_options(list(invocation.argv[1:]), values)
    if "run" not in [word.text for word in options.others]:
        return Result(None, unknown="what this flask command does is not known", stdout=None)
    port = options.values.get("--port") or options.values.get("-p")
    if (bad := _port(invocation, port)) is not None:
        return bad
    host = options.values.get("--host") or options.values.get("-h")
    app = options.values.get("--app") or options.values.get("-A")
    name = app.text if app is not None else invocation.env.get("FLASK_APP")
    serving = Serving("flask", host, port, "127.0.0.1", 5000, python.executable, name, invocation.cwd)
    if app is None and "FLASK_APP" not in invocation.env:
        candidates = [join(invocation.cwd, path) for path in ("wsgi.py", "app.py")]
        if all(invocation.state.files.exists(path) is False for path in candidates):
            why = "flask: there is neither FLASK_APP nor app.py nor wsgi.py"
            return fails(invocation, Cause.WRONG_ENTRYPOINT_PATH, why, code=2)
        return Result(None, unknown="which app flask serves is not followed", serves=serving)
    if app is None or app.text is None or app.text.endswith(".py") or "(" in app.text:
        return Result(None, unknown="which app flask serves is not followed", serves=serving)
    return _serve(invocation, python, "flask", app, invocation.cwd, serving)


def fastapi(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("--host", "--port", "--app", "--workers", "--root-path"))
    )
    command = options.others[0].text if options.others else None
    if command not in ("run", "dev"):
        return Result(None, unknown="what this fastapi command does is not known", stdout=None)
    port, host = options.values.get("--port"), options.values.get("--host")
    if (bad := _port(invocation, port)) is not None:
        return bad
    if len(options.others) > 1:
        path = join(invocation.cwd, options.others[1].text or "")
        if invocation.state.files.exists(path) is False:
            why = f"fastapi: {options.others[1].text} does not exist in {invocation.cwd}"
            return fails(invocation, Cause.WRONG_ENTRYPOINT_PATH, why, options.others[1])
    default = "0.0.0.0" if command == "run" else "127.0.0.1"
    serving = Serving("fastapi", host, port, default, 8000, python.executable, None, invocation.cwd)
    return Result(None, unknown="which app fastapi serves is not followed", serves=serving)


def streamlit(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("--server.port", "--server.address", "--server.headless"))
    )
    if not options.others or options.others[0].text != "run":
        return Result(None, unknown="what this streamlit command does is not known", stdout=None)
    port = options.values.get("--server.port")
    if (bad := _port(invocation, port)) is not None:
        return bad
    if len(options.others) > 1:
        word = options.others[1]
        if word.text and invocation.state.files.exists(join(invocation.cwd, word.text)) is False:
            return fails(invocation, Cause.WRONG_ENTRYPOINT_PATH, f"streamlit: {word.text} does not exist", word)
    host = options.values.get("--server.address")
    serving = Serving("streamlit", host, port, "0.0.0.0", 8501, python.executable, None, invocation.cwd)
    return Result(serves=serving)


def http_server(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("-b", "--bind", "-d", "--directory", "-p", "--protocol"))
    )
    port = options.others[0] if options.others else None
    if (bad := _port(invocation, port)) is not None:
        return bad
    host = options.values.get("--bind") or options.values.get("-b")
    return Result(serves=Serving("http.server", host, port, "0.0.0.0", 8000, python.executable, None, invocation.cwd))


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
    host, port = _bind(word) if word is not None and ":" in (word.text or "") else (None, word)
    if (bad := _port(invocation, port)) is not None:
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


SERVERS: dict[str, Model] = {
    "uvicorn": uvicorn,
    "gunicorn": gunicorn,
    "hypercorn": hypercorn,
    "daphne": daphne,
    "flask": flask,
    "fastapi": fastapi,
    "streamlit": streamlit,
}
MODULES: dict[str, Model] = {**SERVERS, "http.server": http_server}
