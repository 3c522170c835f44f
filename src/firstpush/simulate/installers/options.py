"""Option tables of pip and uv by version, from the facts; in: tool, version, command; out: `OptionTable`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from firstpush.facts import table
from firstpush.model.value import dataclass
from firstpush.simulate.installers.versions import between


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `names`: all its spellings; `kind`: true, false, count, value, append, int, float, call (a callback
    without value), call-value, help, flag …; `dest`: attribute (pip) or variable (uv); `choices`: allowed values."""

    names: tuple[str, ...]
    kind: str
    dest: str
    choices: tuple[str, ...] = ()

    @property
    def takes_value(self) -> bool:
        return self.kind in ("value", "append", "int", "float", "call-value")


@dataclass(frozen=True, slots=True)
class OptionTable:
    """The options of one command of one version, by spelling."""

    options: tuple[Option, ...]
    by_name: Mapping[str, Option]

    @property
    def long_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.by_name if name.startswith("--"))


@cache
def _rows(tool: str) -> tuple[tuple[tuple[str, ...], str, str, str, str, frozenset[str]], ...]:
    out = []
    for block in table(f"installers_{tool}_options")[tool]:
        for row in block["rows"]:
            names, kind, dest, since, until, commands = row.split("|")
            out.append((tuple(names.split()), kind, dest, since, until, frozenset(commands.split())))
    return tuple(out)


@cache
def option_table(tool: str, version: str, command: str) -> OptionTable:
    """The options that this version's command knows. `command`: `install`, `pip.install`; the tool's own name for
    what may stand before the command."""
    options = []
    for names, kind, dest, since, until, commands in _rows(tool):
        if names and command in commands and between(version, since, until):
            plain, _, choices = kind.partition(":")
            options.append(Option(names, plain, dest, tuple(choices.split("/")) if choices else ()))
    return OptionTable(tuple(options), {name: option for option in options for name in option.names})


@cache
def commands(tool: str, version: str) -> frozenset[str]:
    """The commands that this version has."""
    found: set[str] = set()
    for names, _, _, since, until, where in _rows(tool):
        if not names and between(version, since, until):
            found |= where
    return frozenset(found - {tool})
