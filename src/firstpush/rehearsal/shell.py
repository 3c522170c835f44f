"""Where a shell is opened in a replica: the state after the failing command, with its environment and folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from firstpush.rehearsal import commands
from firstpush.rehearsal.sandbox.box import Sandbox


@dataclass(frozen=True, slots=True)
class ShellPlace:
    """`start(slave)` runs a login shell on a terminal's slave and gives a function that says whether it has ended."""

    sandbox: Sandbox
    env: Mapping[str, str]
    cwd: str
    uid: int
    why: str

    def start(self, slave: int) -> Callable[[], bool]:
        env = {**self.env, **commands.DOOR_ENV, "TERM": "xterm-256color", "PS1": "(replica) \\w \\$ "}
        name, _pid, _fd = self.sandbox.start_command(
            ["/bin/bash", "-l", "-i"], env=env, cwd=self.cwd, uid=self.uid, terminal=slave
        )
        return lambda: self.sandbox.exit_of(name) is not None


Shell = Callable[[ShellPlace], None]
