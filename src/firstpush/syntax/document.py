"""What every parser returns: a tree of `Node` values with spans, and the `Problem`s met.

Parsers (one module a format): `toml.parse`, `json.parse` (JSON), `jsonc.parse`, `procfile.parse`: `Source -> Document`.
A document with a fatal problem has `root` None. Duplicate keys and the like are problems with a span.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from firstpush.model.text import Span, SpannedText
from firstpush.model.value import dataclass, field
from firstpush.syntax.source import Source

Kind = Literal["map", "list", "str", "int", "float", "bool", "null", "datetime"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A syntax error. `message` in the words of a parser (ours or the standard library's)."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map. `key_span`: the key as written; `span`: the whole pair (`key = value`; for a TOML table header
    `[a.b]`: the header and its body)."""

    key: str
    key_span: Span
    span: Span
    node: Node


@dataclass(frozen=True, slots=True)
class Node:
    """A value. `value`: the plain Python value (dicts and lists all the way down); `span`: the value as written;
    `text`: for strings, the decoded text with its map to the bytes."""

    kind: Kind
    value: Any
    span: Span
    entries: Mapping[str, Entry] = field(default_factory=dict)
    items: tuple[Node, ...] = ()
    text: SpannedText | None = None

    def get(self, *keys: str | int) -> Node | None:
        """The node at a route of keys and indexes, or None."""
        node: Node = self
        for key in keys:
            if isinstance(key, int):
                if not 0 <= key < len(node.items):
                    return None
                node = node.items[key]
            else:
                entry = node.entries.get(key)
                if entry is None:
                    return None
                node = entry.node
        return node

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for entry in self.entries.values():
            yield from entry.node.walk()
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its text (marker characters included)."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `root` None: it could not be parsed (see `problems`)."""

    source: Source
    root: Node | None
    problems: tuple[Problem, ...] = ()
    comments: tuple[Comment, ...] = ()

    @property
    def path(self) -> str:
        return self.source.path
