"""What a rehearsal may use. All sizes in bytes, times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

_GIB = 1 << 30
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory`: resident bytes of all processes; `disk`: everything written, sources included (it is a tmpfs);
    `files`: inodes; `processes`: at once; `output`: of one command before it is stopped; `kept_output`: of one
    command (head and tail); `command`: seconds for one command."""

    memory: int = 4 * _GIB
    disk: int = 6 * _GIB
    files: int = 600_000
    processes: int = 1024
    output: int = 64 * _MIB
    kept_output: int = 1 * _MIB
    command: float = 900.0

    def rlimits(self) -> dict[str, int]:
        """For setrlimit in the child that becomes the command."""
        return {"NPROC": self.processes, "NOFILE": 65536, "FSIZE": self.disk, "CORE": 0}
