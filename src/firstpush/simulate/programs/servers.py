"""Programs that serve an app: uvicorn, gunicorn, hypercorn, daphne, flask, django, streamlit, a script with a server.

In: an `Invocation` and the Python it runs on; out: a `Result` that serves, or the failure that stops it at once: an app
module that cannot be found or imported, an option that the program does not take (`$PORT` not expanded).
"""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.simulate.imports import importable
from firstpush.simulate.invocation import Invocation, Result, Serving, Word
from firstpush.simulate.programs.arguments import fails

if TYPE_CHECKING:
    from firstpush.simulate.state import PythonView

from firstpush.simulate.programs.server_parts import Model, bad_port, read_options, serve, split_bind

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
    bad = bad_port(invocation, port)
    if bad is not None:
        return bad
    if not options.others:
        return fails(invocation, Cause.USAGE_ERROR, "uvicorn: the app is missing", code=2)
    folder = normpath(join(invocation.cwd, (options.values.get("--app-dir") or Word("")).text or ""))
    app = options.others[0]
    serving = Serving("uvicorn", host, port, "127.0.0.1", 8000, python.executable, app.text, folder)
    return serve(invocation, python, "uvicorn", app, folder, serving)


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
    host, port = split_bind(bind)
    bad = bad_port(invocation, port)
    if bad is not None:
        return bad
    folder = normpath(join(invocation.cwd, (options.values.get("--chdir") or Word("")).text or ""))
    config = options.values.get("--config") or options.values.get("-c")
    file = config.text if config is not None and config.text and ":" not in config.text else None
    if file is not None and invocation.state.files.exists(join(invocation.cwd, file)) is False:
        why = f"gunicorn: the configuration file {file} does not exist"
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
    return serve(invocation, python, "gunicorn", app, folder, serving)


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
    host, port = split_bind(bind)
    if (bad := bad_port(invocation, port)) is not None:
        return bad
    app = options.others[0] if options.others else None
    serving = Serving(
        "hypercorn", host, port, "127.0.0.1", 8000, python.executable, app.text if app else None, invocation.cwd
    )
    return serve(invocation, python, "hypercorn", app, invocation.cwd, serving)


def daphne(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("-b", "--bind", "-p", "--port", "-e", "--endpoint", "-u"))
    )
    port = options.values.get("--port") or options.values.get("-p")
    if (bad := bad_port(invocation, port)) is not None:
        return bad
    host = options.values.get("--bind") or options.values.get("-b")
    app = options.others[0] if options.others else None
    serving = Serving(
        "daphne", host, port, "127.0.0.1", 8000, python.executable, app.text if app else None, invocation.cwd
    )
    return serve(invocation, python, "daphne", app, invocation.cwd, serving)


def flask(invocation: Invocation, python: PythonView) -> Result:
    values = frozenset(("--app", "-A", "--host", "-h", "--port", "-p", "--env-file", "-e", "--cert", "--key"))
    options = read_options(list(invocation.argv[1:]), values)
    if "run" not in [word.text for word in options.others]:
        return Result(None, unknown="what this flask command does is not known", stdout=None)
    port = options.values.get("--port") or options.values.get("-p")
    if (bad := bad_port(invocation, port)) is not None:
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
    return serve(invocation, python, "flask", app, invocation.cwd, serving)


def fastapi(invocation: Invocation, python: PythonView) -> Result:
    options = read_options(
        list(invocation.argv[1:]), frozenset(("--host", "--port", "--app", "--workers", "--root-path"))
    )
    command = options.others[0].text if options.others else None
    if command not in ("run", "dev"):
        return Result(None, unknown="what this fastapi command does is not known", stdout=None)
    port, host = options.values.get("--port"), options.values.get("--host")
    if (bad := bad_port(invocation, port)) is not None:
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
    if (bad := bad_port(invocation, port)) is not None:
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
    if (bad := bad_port(invocation, port)) is not None:
        return bad
    host = options.values.get("--bind") or options.values.get("-b")
    return Result(serves=Serving("http.server", host, port, "0.0.0.0", 8000, python.executable, None, invocation.cwd))


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
