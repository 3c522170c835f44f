"""Real databases from this machine's installation, started inside the sandbox beside the app.

In: names (`postgres`, `redis`). Out: environment variables for the app, and processes that live as long as the start.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from firstpush.errors import CannotRehearse
from firstpush.rehearsal.sandbox.box import Sandbox
from firstpush.rehearsal.sandbox.job import Running
from firstpush.rehearsal.sandbox.limits import Limits
from firstpush.rehearsal.values import Event, EventKind

_UID = 70  # PostgreSQL refuses to run as uid 0
_POSTGRES = """set -e
mkdir -p /var/lib/firstpush-pg && chmod 700 /var/lib/firstpush-pg
{bin}/initdb -D /var/lib/firstpush-pg -U postgres -A trust -E UTF8 --no-sync >/dev/null
exec {bin}/postgres -D /var/lib/firstpush-pg -c listen_addresses=127.0.0.1 -c port={port} \
 -c unix_socket_directories= -c fsync=off -c shared_buffers=16MB -c dynamic_shared_memory_type=mmap
"""
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    port: int
    argv: tuple[str, ...]
    uid: int


def plan(names: Sequence[str]) -> tuple[dict[str, str], tuple[Service, ...]]:
    """(variables for the app, what to start). Raises CannotRehearse when one is not installed."""
    env: dict[str, str] = {}
    found: list[Service] = []
    for name in dict.fromkeys(names):
        if name in ("postgres", "postgresql"):
            binaries = postgres_binaries()
            if binaries is None:
                raise _missing("PostgreSQL", "apt-get install postgresql")
            found.append(Service("postgres", 5432, ("/bin/sh", "-c", _POSTGRES.format(bin=binaries, port=5432)), _UID))
            env |= {
                "DATABASE_URL": "postgresql://postgres@127.0.0.1:5432/postgres",
                "PGHOST": "127.0.0.1",
                "PGUSER": "postgres",
            }
        elif name == "redis":
            program = redis_binary()
            if program is None:
                raise _missing("Redis", "apt-get install redis-server")
            argv = (
                program,
                "--port",
                "6379",
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                "/tmp",
            )
            found.append(Service("redis", 6379, argv, 0))
            env["REDIS_URL"] = "redis://127.0.0.1:6379/0"
        else:
            raise CannotRehearse(f"no service {name!r} is known", next_step="Known: postgres, redis")
    return env, tuple(found)


def postgres_binaries() -> str | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name))
    return str(folders[-1].parent) if folders else None


def redis_binary() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def programs(names: Sequence[str]) -> frozenset[str]:
    """This machine's programs that the services need, relative to /usr: the replica hides programs that its platform
    does not have."""
    program = redis_binary() if "redis" in names else None
    if program is None:
        return frozenset()
    return frozenset(str(path).removeprefix("/usr/") for path in (Path(program), Path(program).resolve()))


def _missing(what: str, how: str) -> CannotRehearse:
    return CannotRehearse(
        f"{what} is not installed on this machine",
        why="--with starts a real one inside the sandbox",
        next_step=f"Install it: {how}",
    )


@contextlib.contextmanager
def running(found: Sequence[Service], sandbox: Sandbox, tell: Callable[[Event], None]) -> Iterator[None]:
    """Start all and wait until they listen. They end with the sandbox."""
    jobs: list[Running] = []
    for service in found:
        tell(Event(EventKind.COMMAND, f"{service.name} (this machine's own)", "services"))
        env = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LC_ALL": "C"}
        started = sandbox.start_command(service.argv, env=env, cwd="/", uid=service.uid)
        job = Running(sandbox, started, Limits(), timeout=86400.0)
        jobs.append(job)
        until = time.monotonic() + _START_SECONDS
        while not any(port == service.port for _address, port in sandbox.listening()):
            if job.poll(0.02) or time.monotonic() > until:
                raise CannotRehearse(f"{service.name} did not start in the sandbox", found=job.output()[-600:])
    yield
    for job in jobs:
        job.stop("the rehearsal is over")
        job.finished()
