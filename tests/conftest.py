"""What holds for every test: an unmarked test starts no process and opens no socket."""

from __future__ import annotations

import socket
import subprocess

import pytest

MAY_RUN_PROCESSES = ("process", "oracle", "sandbox", "network")


@pytest.fixture(autouse=True)
def _no_processes_and_no_sockets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if any(request.node.get_closest_marker(name) for name in MAY_RUN_PROCESSES):
        return

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("this test is not marked to start processes or open sockets")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def _no_terminal_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Width and colours as in a pipe: whoever starts the tests (pytest-xdist, a CI) may have set these."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
