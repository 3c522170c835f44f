"""No start command: say the one that the app's framework needs, in the file that the platform reads already."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import FileChange
from firstpush.project.app import App, describe

NAME = "no-start"
INSTALL = False
_ASGI = frozenset({"fastapi", "starlette", "quart", "litestar", "sanic"})
_WSGI = frozenset({"flask", "django", "bottle", "falcon"})


def propose(situation: Situation) -> Iterator[Proposal]:
    if not situation.found(Cause.NO_START_COMMAND):
        return
    plan = situation.prediction.plan
    command = start_command(describe(situation.tree, plan.root or "."))
    if command is None:
        return
    names = frozenset({"start"})
    for name, route in (
        ("nixpacks.toml", ("start", "cmd")),
        ("railway.json", ("deploy", "startCommand")),
        ("railway.toml", ("deploy", "startCommand")),
    ):
        config = open_config(situation.tree, situation.path(name))
        if config is not None:
            config.set_string(*route, value=command)
            title = f"say how the app is started in {config.path}: {command}"
            yield Proposal(NAME, title, config.edits(), names=names)
    path = situation.path("Procfile")
    if not situation.tree.exists(path):
        files = (FileChange(path, f"web: {command}\n"),)
        yield Proposal(NAME, f"add {path}, which says how the app is started: {command}", files=files, names=names)


def server_of(app: App) -> str | None:
    """The distribution of the server that runs apps of this framework."""
    return "uvicorn" if app.framework in _ASGI else "gunicorn" if app.framework in _WSGI else None


def start_command(app: App) -> str | None:
    """How a server runs this app, as Railway, Render, Heroku and others want it."""
    if app.module is None or app.attribute is None:
        return None
    target = f"{app.module}:{app.attribute}"
    if app.framework in _ASGI:
        return f"python -m uvicorn {target} --host 0.0.0.0 --port $PORT"
    if app.framework in _WSGI:
        return f"python -m gunicorn {target} --bind 0.0.0.0:$PORT"
    return None
