"""`--no-sandbox`: the same interface without any isolation. Commands run on this machine, as this user.

In: the folder of the plan's app and the files. Out: processes of this machine, in a temporary copy of the project that
is removed at the end. It is no replica: this machine's own Python, paths and network are used.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from firstpush.rehearsal.sandbox.box import BoxSpec, Sandbox, descendants, listening_in

_OURS = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "PYENV_ROOT")


class HostBox(Sandbox):
    """Looks like a `Sandbox`, isolates nothing."""

    address = "127.0.0.1"

    def __init__(self, spec: BoxSpec, app: str) -> None:
        self.spec = spec
        self.app = app
        self.generation = 0
        self.listener = None
        self.folder = tempfile.TemporaryDirectory(prefix="firstpush-")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: dict[str, dict[str, Any]] = {}
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._already = set(listening_in(_tables()))

    def close(self) -> None:
        for process in self._processes.values():
            self._end(process)
        self.folder.cleanup()
        for fd in (self._wake_read, self._wake_write):
            with contextlib.suppress(OSError):
                os.close(fd)

    def cut_network(self) -> None:
        """There is nothing to cut."""

    def unpack(self, folder: str, stream: bytes, variant: int = 0) -> None:
        with tarfile.open(fileobj=io.BytesIO(stream)) as archive:
            archive.extractall(self.folder.name, filter="data")

    def mount(self, *, variant: int = 0, forget: bool = False) -> None:
        """The copy of the project is the only state."""

    def keep(self, generation: int, target: Path, without: Sequence[str]) -> str | None:
        return "nothing is kept without a sandbox"

    def start_command(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        uid: int = 0,
        watch: str | None = None,
        stdin: int | None = None,
        terminal: int | None = None,
        writable: Sequence[tuple[str, str]] = (),
        emptied: Sequence[str] = (),
    ) -> tuple[str, int, int]:
        here = self.folder.name
        place = here + cwd.removeprefix(self.app) if cwd == self.app or cwd.startswith(f"{self.app}/") else here
        environment = {**env, **{name: os.environ[name] for name in _OURS if name in os.environ}}
        reader, writer = (-1, terminal) if terminal is not None else os.pipe()
        source = terminal if terminal is not None else subprocess.DEVNULL
        process = subprocess.Popen(
            list(argv), env=environment, cwd=place, stdin=source, stdout=writer, stderr=writer, start_new_session=True
        )
        if terminal is None:
            os.close(writer)
        name = f"c{len(self._processes)}"
        self._processes[name] = process
        threading.Thread(target=self._watch, args=(name, process), daemon=True).start()
        return name, process.pid, reader

    def _watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what it left behind
        self._ended[name] = {"op": "exit", "id": name, "rc": code, "cpu": 0.0, "maxrss": 0, "opened": None}
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"x")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        for pid in [*descendants(process.pid), process.pid]:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        process.wait()

    def kill(self, name: str) -> None:
        self._end(self._processes[name])

    def exit_of(self, name: str, timeout: float = 0.0) -> dict[str, Any] | None:
        until = time.monotonic() + timeout
        while name not in self._ended and time.monotonic() < until:
            time.sleep(0.005)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        return self._ended.get(name)

    def socket(self, *, v6: bool = False) -> socket.socket:
        return socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)

    def listening(self) -> list[tuple[str, int]]:
        """Only what came since we began: everything else is the machine's own."""
        return [pair for pair in listening_in(_tables()) if pair not in self._already]

    def control_fd(self) -> int:
        return self._wake_read


def _tables() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            found[name] = Path(f"/proc/self/net/{name}").read_text()
    return found
