"""The host's side of a sandbox: start it, put sources in, run commands, probe, take layers out, end it.

In: a `BoxSpec` (layers, limits, names to hide). Out: `Sandbox` whose `start_command` gives a `Running` (job.py).
One thread uses a sandbox. Raises `SandboxUnavailable` when the kernel or bubblewrap refuses.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firstpush.rehearsal.sandbox import bwrap, seccomp
from firstpush.rehearsal.sandbox.limits import Limits

# A uid that no account has: as root, commands run as it, mapped to 0 inside. Running them as the host's uid 0 would
# leave the host's /proc/sys writable to the sandbox, however few capabilities it has (measured).
REPLICA_UID = 1_879_000_000
ALIAS = "10.88.0.2"  # the replica's address outside 127/8
DOOR_PORT = 3128
_BOOT = "import sys; sys.path[:0] = [sys.argv.pop()]; from firstpush.rehearsal.sandbox.keeper import main; main()"


class SandboxUnavailable(Exception):
    """The kernel, a container around us or bubblewrap refused; the text says which step."""


@dataclass(frozen=True, slots=True)
class BoxSpec:
    """`over_sources`: layers that were written over the project's sources (first = upmost); `lowers`: layers below
    them; `hidden`, `emptied`: names relative to the host's /usr; `read_only`: (host path, replica path) pairs."""

    lowers: tuple[str, ...]
    over_sources: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ("local",)
    read_only: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    usr: str = "/usr"


def replica_uid() -> int | None:
    """The uid that commands get when we are root and may use it, else None (then they are our own uid, mapped to 0)."""
    if os.geteuid() != 0:
        return None
    ranges = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return REPLICA_UID if any(first <= REPLICA_UID < first + count for first, _, count in ranges) else None


class Sandbox:
    """A running sandbox. Use as a context manager: leaving it ends every process and mount of it.

    `address`: where the app is reached from outside."""

    address = ALIAS

    def __init__(self, spec: BoxSpec) -> None:
        self.spec = spec
        self.generation = -1
        self.listener: socket.socket | None = None
        self._exits: dict[str, dict[str, Any]] = {}
        self._answers: list[dict[str, Any]] = []
        self._sockets: list[socket.socket] = []
        self._count = 0
        program = bwrap.find()
        if program is None:
            raise SandboxUnavailable("bubblewrap (bwrap) is not installed")
        self._control, child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        config = {
            "lowers": [*spec.over_sources, *spec.lowers],
            "over_sources": len(spec.over_sources),
            "usr": spec.usr,
            "hidden": spec.hidden,
            "emptied": spec.emptied,
            "run_uid": replica_uid(),
            "size": spec.limits.disk,
            "inodes": spec.limits.files,
            "alias": ALIAS,
            "door_port": DOOR_PORT,
            "bwrap": program,
        }
        package_root = str(Path(__file__).resolve().parents[3])
        argv = [sys.executable, "-I", "-S", "-c", _BOOT, str(child.fileno()), str(os.getpid()), package_root]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, env={}, pass_fds=(child.fileno(),), stderr=subprocess.PIPE, cwd="/"
        )
        child.close()
        try:
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(config).encode())
                self._process.stdin.close()
            fds = self._wait("ready", fds=1)["fds"]
            self.listener = socket.socket(fileno=fds[0])
        except BaseException:
            self.close()
            raise

    # ---- life

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the keeper and with it everything inside. Returns when no process of the sandbox is left."""
        if self._process.poll() is None:
            left = descendants(self._process.pid)
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            wait_gone(left)
        for pipe in (self._process.stdin, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._control.close()
        self.cut_network()
        for one in self._sockets:
            one.close()
        self._sockets.clear()

    def cut_network(self) -> None:
        """Close the only door: from now on nothing answers on the index port."""
        if self.listener is not None:
            with contextlib.suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    # ---- files

    def unpack(self, folder: str, stream: bytes, variant: int = 0) -> None:
        """Put a tar stream below `folder` of a layer of sources, before a `mount` that uses this `variant`."""
        reader, writer = os.pipe()
        self._send({"op": "unpack", "folder": folder, "variant": variant}, [reader])
        os.close(reader)
        with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb") as pipe:
            pipe.write(stream)
        answer = self._wait("unpacked")
        if answer["rc"]:
            raise SandboxUnavailable(f"the project's files could not be unpacked (tar ended with {answer['rc']})")

    def mount(self, *, variant: int = 0, forget: bool = False) -> None:
        """Mount the replica, or a fresh generation over what was written so far, with these sources (`forget`: over
        the base only)."""
        self._send({"op": "mount", "forget": forget, "variant": variant})
        self.generation = int(self._wait("mounted")["generation"])

    def keep(self, generation: int, target: Path, without: Sequence[str]) -> str | None:
        """Copy what a generation wrote to a folder of the host. Returns what went wrong, or None."""
        message = {"op": "keep", "generation": generation, "target": str(target), "without": list(without)}
        self._send(message)
        error = self._wait("kept").get("error")
        return str(error) if error else None

    # ---- commands

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
        """Start a command; gives its name, bubblewrap's pid and the descriptor to read its output from.

        `terminal`: a pty's slave that becomes all three standard streams (then the descriptor is -1)."""
        self._count += 1
        name = f"c{self._count}"
        arguments = bwrap.arguments(
            generation=self.generation,
            cwd=cwd,
            env=env,
            uid=uid,
            read_only=self.spec.read_only,
            writable=writable,
            emptied=emptied,
            session=terminal is None,
        )
        reader, writer = (-1, terminal) if terminal is not None else os.pipe()
        fds = [writer, _memory(arguments)]
        code = seccomp.program(os.uname().machine)
        if code is not None:
            fds.append(_memory(code))
        request: dict[str, Any] = {
            "op": "run",
            "id": name,
            "argv": list(argv),
            "filter": code is not None,
            "watch": watch,
        }
        request["limits"] = self.spec.limits.rlimits()
        if terminal is not None:
            request |= {"stdin": 0, "terminal": True}
        elif stdin is not None:
            request["stdin"] = len(fds)
            fds.append(stdin)
        self._send(request, fds)
        for fd in fds:
            if fd not in (terminal, stdin):
                os.close(fd)
        return name, int(self._wait("started")["pid"]), reader

    def kill(self, name: str) -> None:
        self._send({"op": "kill", "id": name})

    def exit_of(self, name: str, timeout: float = 0.0) -> dict[str, Any] | None:
        """The exit message of a command, if it came within `timeout` seconds."""
        until = time.monotonic() + timeout
        while name not in self._exits:
            left = max(0.0, until - time.monotonic())
            if not select.select([self._control], [], [], left)[0]:
                return None
            self._receive(0)
        return self._exits[name]

    # ---- network

    def socket(self, *, v6: bool = False) -> socket.socket:
        """An unconnected socket inside the replica's network."""
        if v6 or not self._sockets:
            self._send({"op": "sockets", "count": 1 if v6 else 8, "v6": v6})
            found = [socket.socket(fileno=fd) for fd in self._wait("sockets", fds=8)["fds"]]
            if v6:
                return found[0]
            self._sockets = found
        return self._sockets.pop()

    def listening(self) -> list[tuple[str, int]]:
        """(address, port) of every listening TCP socket inside, but the door's."""
        self._send({"op": "listening"})
        return [pair for pair in listening_in(self._wait("listening")["tables"]) if pair[1] != DOOR_PORT]

    def control_fd(self) -> int:
        return self._control.fileno()

    # ---- messages

    def _send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(message).encode("utf-8", "surrogateescape")], list(fds))
        except OSError as error:
            raise SandboxUnavailable(f"the sandbox ended unexpectedly: {error}") from error

    def _wait(self, wanted: str, *, fds: int = 0) -> dict[str, Any]:
        while True:
            message = self._receive(fds)
            if message["op"] == wanted:
                return message

    def _receive(self, count: int) -> dict[str, Any]:
        data, fds, _flags, _address = socket.recv_fds(self._control, 1 << 20, count)
        if not data:
            assert self._process.stderr is not None
            raise SandboxUnavailable(f"the sandbox ended unexpectedly: {self._process.stderr.read(2000).decode()}")
        message: dict[str, Any] = json.loads(data)
        if message["op"] == "error":
            raise SandboxUnavailable(str(message["error"]))
        if message["op"] == "exit":
            self._exits[message["id"]] = message
        message["fds"] = fds
        return message


def _memory(data: bytes) -> int:
    fd = os.memfd_create("firstpush", os.MFD_CLOEXEC)
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def listening_in(tables: Mapping[str, str]) -> list[tuple[str, int]]:
    """(address, port) of the listening sockets in the kernel's tables `tcp` and `tcp6`."""
    found: list[tuple[str, int]] = []
    for name, table in tables.items():
        for line in table.splitlines()[1:]:
            fields = line.split()
            if len(fields) > 3 and fields[3] == "0A":
                address, port = fields[1].split(":")
                found.append((_address(address, v6=name == "tcp6"), int(port, 16)))
    return found


def _address(text: str, *, v6: bool) -> str:
    raw = bytes.fromhex(text)
    words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, words)


def descendants(pid: int) -> list[int]:
    """Processes below `pid`, as the host sees them."""
    found: list[int] = []
    pending = [pid]
    while pending:
        current = pending.pop()
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{current}/task"):
                children = Path(f"/proc/{current}/task/{task}/children").read_text().split()
                found += map(int, children)
                pending += map(int, children)
    return found


def wait_gone(pids: Sequence[int], timeout: float = 5.0) -> None:
    """Wait until these processes are gone or dead (a zombie has no memory, files or mounts)."""
    until = time.monotonic() + timeout
    for pid in pids:
        while time.monotonic() < until:
            try:
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                    break
            except OSError:
                break
            time.sleep(0.001)
