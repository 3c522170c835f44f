"""One running command: its output is read, its limits are enforced from outside. Gives a `Finished`."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firstpush.rehearsal.sandbox.box import Sandbox, descendants
from firstpush.rehearsal.sandbox.limits import Limits

_MEMORY_EVERY = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Finished:
    """`exit_code`: as the shell would say it; `stopped`: which limit ended it, or None; `opened`: files below the
    watched folder that were opened (None: not watched or not known); `seconds`, `cpu`: in seconds; `peak`: bytes."""

    exit_code: int
    output: str
    stopped: str | None
    seconds: float
    cpu: float
    peak: int
    opened: tuple[str, ...] | None


class Running:
    """A command in a sandbox. `poll` reads what is there; `wait` goes on to its end."""

    def __init__(
        self,
        sandbox: Sandbox,
        started: tuple[str, int, int],
        limits: Limits,
        *,
        timeout: float | None = None,
        on_output: Callable[[str], None] | None = None,
    ) -> None:
        self.sandbox = sandbox
        self.name, self.pid, self.fd = started
        os.set_blocking(self.fd, False)
        self.limits = limits
        self.begun = time.monotonic()
        self.deadline = self.begun + (limits.command if timeout is None else timeout)
        self.on_output = on_output
        self.stopped: str | None = None
        self.ended = False
        self.peak = 0
        self._head = bytearray()
        self._tail = bytearray()
        self._size = 0
        self._next_memory = self.begun + _MEMORY_EVERY
        self._eof = False

    def poll(self, timeout: float = 0.05) -> bool:
        """Read output and events for at most `timeout` seconds; True when the command has ended."""
        fds = [self.sandbox.control_fd()] + ([] if self._eof else [self.fd])
        ready = select.select(fds, [], [], timeout)[0]
        if self.fd in ready:
            self._read()
        if self.sandbox.exit_of(self.name) is not None and not self.ended:
            self.ended = True
            while not self._eof and select.select([self.fd], [], [], 0)[0]:
                self._read()
        self._enforce()
        return self.ended

    def wait(self) -> Finished:
        while not self.poll(0.1):
            pass
        return self.finished()

    def stop(self, why: str) -> None:
        if self.stopped is None:
            self.stopped = why
            self.sandbox.kill(self.name)

    def finished(self) -> Finished:
        message = self.sandbox.exit_of(self.name, timeout=10.0) or {"rc": -9, "cpu": 0.0, "maxrss": 0, "opened": None}
        with contextlib.suppress(OSError):
            os.close(self.fd)
        code = int(message["rc"])
        opened = message["opened"]
        return Finished(
            exit_code=128 - code if code < 0 else code,
            output=self.output(),
            stopped=self.stopped,
            seconds=time.monotonic() - self.begun,
            cpu=float(message["cpu"]),
            peak=max(self.peak, int(message["maxrss"])),
            opened=tuple(opened) if opened is not None else None,
        )

    def output(self) -> str:
        """Head and tail of what it wrote."""
        left_out = self._size - len(self._head) - len(self._tail)
        gap = f"\n[… {left_out} bytes left out …]\n".encode() if left_out else b""
        return (bytes(self._head) + gap + bytes(self._tail)).decode("utf-8", "replace")

    def _read(self) -> None:
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return
        if not data:
            self._eof = True
            return
        self._size += len(data)
        half = self.limits.kept_output // 2
        room = half - len(self._head)
        self._head += data[:room] if room > 0 else b""
        self._tail = (self._tail + data[max(room, 0) :])[-half:]
        if self.on_output is not None:
            self.on_output(data.decode("utf-8", "replace"))
        if self._size > self.limits.output:
            self.stop(f"it wrote more than {self.limits.output >> 20} MiB of output")

    def _enforce(self) -> None:
        now = time.monotonic()
        if now > self.deadline:
            self.stop(f"it took longer than {self.deadline - self.begun:g} s")
        if now >= self._next_memory and not self.ended:
            self._next_memory = now + _MEMORY_EVERY
            used = resident(self.pid)
            self.peak = max(self.peak, used)
            if used > self.limits.memory:
                self.stop(f"it used more than {self.limits.memory >> 20} MiB of memory")


def resident(pid: int) -> int:
    """Bytes of memory that the processes below `pid` hold, shared pages counted half."""
    pages = 0
    for child in descendants(pid):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{child}/statm").read_text().split()
            pages += int(fields[1]) - int(fields[2]) // 2
    return pages * os.sysconf("SC_PAGE_SIZE")
