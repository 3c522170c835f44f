"""The server listens where the platform's proxy does not look: `0.0.0.0` and `$PORT` in the start command."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit
from firstpush.simulate.shell.ast import Simple

NAME = "start-port"
INSTALL = False
CAUSES = (Cause.PORT_HARDCODED, Cause.HEALTHCHECK_PATH, Cause.PORT_NOT_EXPANDED)
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "flask", "daphne", "streamlit", "fastapi", "granian"})
_BIND = frozenset({"gunicorn", "hypercorn"})
_HOST = {"daphne": "-b", "streamlit": "--server.address"}
_PORT = {"daphne": "-p", "streamlit": "--server.port"}
_LOCAL = re.compile(r"(?:127\.0\.0\.1|localhost|::1|\[::1\])")


def propose(situation: Situation) -> Iterator[Proposal]:
    start = situation.prediction.plan.start
    if start is None or not situation.found(*CAUSES):
        return
    text = start.command.text
    for command in simple_commands(text.text):
        server = next((name for name in _names(command, text.text) if name in _SERVERS), None)
        if server is None:
            continue
        edits = [replace_command(situation.tree, text, *change) for change in _changes(text.text, command, server)]
        made: tuple[Edit, ...] = tuple(edit for edit in edits if edit is not None)
        if made and len(made) == len(edits):
            title = f"listen on 0.0.0.0:$PORT, where the platform asks ({text.path})"
            yield Proposal(NAME, title, made, names=frozenset({"start"}))


def _names(command: Simple, text: str) -> Iterator[str]:
    raw = [text[word.start : word.end] for word in command.words[:3]]
    if raw:
        yield raw[0].rsplit("/", 1)[-1]
    if raw[1:2] == ["-m"]:
        yield raw[2] if len(raw) > 2 else ""


def _changes(text: str, command: Simple, server: str) -> Iterator[tuple[int, int, str]]:
    """Places of the command and what is to stand there."""
    raw = [(text[word.start : word.end], word.start, word.end) for word in command.words]
    if server in _BIND:
        yield from _bind(raw, command)
        return
    host, port = _HOST.get(server, "--host"), _PORT.get(server, "--port")
    seen_host = seen_port = False
    missing = ""
    for index, (word, start, end) in enumerate(raw):
        for option, value in ((host, "0.0.0.0"), (port, "$PORT")):
            if word == option and index + 1 < len(raw):
                current, start, end = raw[index + 1]
            elif word.startswith(option + "="):
                current, start = word[len(option) + 1 :], start + len(option) + 1
            else:
                continue
            seen_host |= option == host
            seen_port |= option == port
            if option == host and _LOCAL.fullmatch(current.strip("'\"")):
                yield start, end, value
            if option == port and "PORT" not in current:
                yield start, end, value
    if not seen_host:
        missing += f" {host} 0.0.0.0"
    if not seen_port:
        missing += f" {port} $PORT"
    if missing:
        yield raw[-1][2], raw[-1][2], missing


def _bind(raw: list[tuple[str, int, int]], command: Simple) -> Iterator[tuple[int, int, str]]:
    for index, (word, start, end) in enumerate(raw):
        if word in ("-b", "--bind") and index + 1 < len(raw):
            current, start, end = raw[index + 1]
        elif word.startswith("--bind="):
            current, start = word[7:], start + 7
        else:
            continue
        if "PORT" not in current or _LOCAL.match(current.strip("'\"")):
            yield start, end, "0.0.0.0:$PORT"
        return
    yield raw[-1][2], raw[-1][2], " --bind 0.0.0.0:$PORT"
