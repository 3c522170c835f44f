"""Edits of JSON and JSONC files: a parsed `Document` and a route of keys and indexes go in, `Edit`s come out.

Every function raises KeyError for a route that is not in the file.
"""

from __future__ import annotations

import re

from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span, SpannedText
from firstpush.syntax.document import Document, Node
from firstpush.syntax.edit import indentation, line_ending
from firstpush.syntax.sequence import Container

Route = tuple[str | int, ...]
_COLON = re.compile(rb"([ \t]*):([ \t]*)")


def quoted(value: str) -> str:
    """`value` as a JSON string; characters beyond ASCII stay as they are."""
    from json import dumps

    return dumps(value, ensure_ascii=False)


class JsonEditor:
    """Edits of one file. `comments`: it is JSONC."""

    def __init__(self, document: Document, *, comments: bool = False) -> None:
        if document.root is None:
            raise KeyError("no document")
        self.root = document.root
        self.data = document.source.data
        self.path = document.path
        self.comment = "//" if comments else ""

    def _node(self, route: Route) -> Node:
        node = self.root.get(*route)
        if node is None:
            raise KeyError(route)
        return node

    def _container(self, node: Node) -> Container:
        spans = [entry.span for entry in node.entries.values()] or [item.span for item in node.items]
        elements = sorted((span.start, span.end) for span in spans)
        return Container(self.path, self.data, node.span.start, node.span.end, elements, self.comment)

    def delete(self, *route: str | int) -> list[Edit]:
        """Delete a member or an item."""
        parent = self._node(route[:-1])
        last = route[-1]
        if isinstance(last, str):
            entry = parent.entries.get(last)
            if entry is None:
                raise KeyError(route)
            span = entry.span
        else:
            span = self._node(route).span
        container = self._container(parent)
        return container.delete(list(container.elements).index((span.start, span.end)))

    def set_string(self, *route: str | int, value: str) -> Edit:
        """Replace a value by a string."""
        return Edit(self._node(route).span, quoted(value))

    def set_value(self, *route: str | int, text: str) -> Edit:
        """Replace a value by `text`, JSON as it is to stand in the file."""
        return Edit(self._node(route).span, text)

    def replace_inside(self, text: SpannedText, start: int, end: int, new: str) -> Edit:
        """Replace characters `start` to `end` of a string's text, escaped."""
        span = text.span(start, end)
        if span is None:
            raise KeyError(text.text)
        return Edit(span, quoted(new)[1:-1])

    def rename_key(self, *route: str | int, name: str) -> list[Edit]:
        """Give a member another name."""
        entry = self._node(route[:-1]).entries.get(str(route[-1]))
        if entry is None:
            raise KeyError(route)
        return [Edit(entry.key_span, quoted(name))]

    def insert_item(self, *route: str | int, index: int, text: str) -> list[Edit]:
        """Put `text` (JSON) into an array before item `index`."""
        node = self._node(route)
        if node.kind != "list":
            raise KeyError(route)
        return self._container(node).insert(index, text)

    def insert_key(self, *route: str | int, name: str, text: str) -> list[Edit]:
        """Add a member as last one of an object, spaced and indented as those that are there."""
        node = self._node(route)
        if node.kind != "map":
            raise KeyError(route)
        colon = ": "
        if node.entries:
            entry = next(iter(node.entries.values()))
            found = _COLON.match(self.data, entry.key_span.end)
            if found is not None:
                colon = found.group().decode("ascii")
            container = self._container(node)
            return container.insert(len(container.elements), f"{quoted(name)}{colon}{text}")
        outer = indentation(self.data, node.span.start)
        ending = line_ending(self.data)
        unit = self._unit()
        member = f"{ending}{outer}{unit}{quoted(name)}{colon}{text}{ending}{outer}"
        inside = Span(self.path, node.span.start + 1, node.span.end - 1)
        if self.data[inside.start : inside.end].strip():  # a comment in an empty object
            return [Edit(Span(self.path, inside.start, inside.start), member)]
        return [Edit(inside, member)]

    def _unit(self) -> str:
        """One step of indentation: that of the file's first member."""
        for entry in self.root.entries.values():
            indent = indentation(self.data, entry.span.start)
            if indent:
                return indent
        return "  "
