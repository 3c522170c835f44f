"""A shell's own state (variables, working directory, functions, options), statuses, and the ways to leave a command.

In: a machine's environment; out: values that `expansion` and `interpreter` read and change. Files are not here.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstpush.model.machine import User
from firstpush.model.outcome import Failure
from firstpush.model.text import SpannedText
from firstpush.model.value import dataclass, field
from firstpush.simulate.invocation import Effect, Serving, Word
from firstpush.simulate.shell.ast import Command


@dataclass(frozen=True, slots=True)
class Status:
    """How a command ended. `code` None: not known (`why`). `intended`: what it should have done, for going on."""

    code: int | None = 0
    failure: Failure | None = None
    why: str = ""
    intended: tuple[Effect, ...] = ()
    quiet: bool = False
    serves: Serving | None = None

    @property
    def failed(self) -> bool:
        return self.code is not None and self.code != 0


OK = Status(0)


def unknown(why: str) -> Status:
    return Status(None, why=why)


@dataclass(slots=True)
class Shell:
    """`variables`: value None = set to something unknown; missing = unset (or, with `open_environment`, perhaps set by
    the platform). `exported`: which of them programs get. `dialect`: bash or sh (dash)."""

    user: User
    cwd: str
    variables: dict[str, str | None] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    arrays: dict[str, list[Word]] = field(default_factory=dict)
    functions: dict[str, tuple[Command, SpannedText]] = field(default_factory=dict)
    aliases: dict[str, tuple[str, int]] = field(default_factory=dict)
    arguments: tuple[Word, ...] = ()
    name: str = "bash"
    dialect: str = "bash"
    hashed: dict[str, str] = field(default_factory=dict)
    open_environment: bool = False
    errexit: bool = False
    nounset: bool = False
    pipefail: bool = False
    expand_aliases: bool = False
    nullglob: bool = False
    last: Status = OK
    old_path: str | None = None  # for `deactivate`

    def copy(self) -> Shell:
        """A subshell: changes in it do not reach this one."""
        return Shell(
            user=self.user,
            cwd=self.cwd,
            variables=dict(self.variables),
            exported=set(self.exported),
            arrays=dict(self.arrays),
            functions=dict(self.functions),
            aliases=dict(self.aliases),
            arguments=self.arguments,
            name=self.name,
            dialect=self.dialect,
            hashed=dict(self.hashed),
            open_environment=self.open_environment,
            errexit=self.errexit,
            nounset=self.nounset,
            pipefail=self.pipefail,
            expand_aliases=self.expand_aliases,
            nullglob=self.nullglob,
            last=self.last,
            old_path=self.old_path,
        )

    def child(self, env: Mapping[str, str | None], dialect: str) -> Shell:
        """A new shell process, started with this environment."""
        return Shell(
            user=self.user,
            cwd=self.cwd,
            variables=dict(env),
            exported=set(env),
            dialect=dialect,
            open_environment=self.open_environment,
            expand_aliases=dialect == "sh",
        )

    def environment(self) -> dict[str, str | None]:
        """What a program started now gets."""
        variables = self.variables
        return {name: variables[name] for name in self.exported if name in variables}

    def set(self, name: str, value: str | None, export: bool = False) -> None:
        self.variables[name] = value
        self.arrays.pop(name, None)
        if export:
            self.exported.add(name)
        if name == "PATH":
            self.hashed.clear()

    def unset(self, name: str) -> None:
        self.variables.pop(name, None)
        self.arrays.pop(name, None)
        self.exported.discard(name)
        if name == "PATH":
            self.hashed.clear()


class Leave(Exception):
    """Ends more than one command; caught where the shell ends or the loop or function stands."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self.status = status


class Exit(Leave):
    """`exit`, a failure under `set -e`, `exec`."""


class Return(Leave):
    """`return`."""


class LoopJump(Leave):
    """`break` and `continue`, out of `levels` loops."""

    def __init__(self, status: Status, levels: int, again: bool) -> None:
        super().__init__(status)
        self.levels = levels
        self.again = again


class OutOfFuel(Exception):
    """The script does more than is followed."""
