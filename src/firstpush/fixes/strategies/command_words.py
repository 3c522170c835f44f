"""The words of a command that a repair may change: a text goes in, its simple commands with offsets come out."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.simulate.shell.ast import AndOr, Command, Group, Pipeline, Simple
from firstpush.simulate.shell.parser import parse


def simple_commands(text: str) -> Iterator[Simple]:
    """All simple commands of lists, pipelines and groups, in order; nothing for what cannot be parsed."""
    script = parse(text)
    if script.problem is None:
        for item in script.items:
            yield from _inside(item.command)


def _inside(command: Command) -> Iterator[Simple]:
    if isinstance(command, Simple):
        yield command
    elif isinstance(command, AndOr):
        yield from _inside(command.left)
        yield from _inside(command.right)
    elif isinstance(command, Pipeline):
        for part in command.commands:
            yield from _inside(part)
    elif isinstance(command, Group):
        for item in command.body:
            yield from _inside(item.command)


def words(command: Simple) -> list[str]:
    """The words, expansions as written in part only (empty where nothing is literal)."""
    return [word.literal or "" for word in command.words]
