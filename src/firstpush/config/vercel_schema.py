"""Is a vercel.json valid, in Vercel's own words, and who refuses it?

In: the parsed tree of the file. Out: `Violation`s, each with its place, Vercel's message, and whether `vercel build`
itself refuses it (`local`: the build stops at once) or only the server (`server`: no build is ever started).
The schema is data (`facts/vercel_schema.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from firstpush import facts
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.syntax.document import Node

Where = Literal["local", "server"]

_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("str",),
    "integer": ("int",),
    "number": ("int", "float"),
    "boolean": ("bool",),
    "array": ("list",),
    "object": ("map",),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that Vercel refuses. `message`: its words; `span`: the guilty key or value; `key`: the property's name
    where an unknown one is the matter; `suggestion`: the name that Vercel proposes instead."""

    where: Where
    code: str
    message: str
    span: Span
    kind: str
    key: str | None = None
    entry_span: Span | None = None
    suggestion: str | None = None


def validate(root: Node, max_duration: int, as_of: str | None = None) -> list[Violation]:
    """Every violation, those that `vercel build` itself refuses first.

    `max_duration`: the highest `functions.*.maxDuration` that this version of the command line takes; `as_of`: a date
    (YYYY-MM-DD) to judge for, None for today.
    """
    if root.kind != "map":
        message = "Invalid vercel.json - should be object."
        return [Violation("local", "INVALID_VERCEL_CONFIG", message, root.span, "type")]
    schema = facts.table("vercel_schema")
    found = list(
        _Checker(schema["local"], schema["suggestions"], max_duration).check(root, schema["local"]["root"], "")
    )
    return found + list(_server(root, schema["server"], as_of))


def _server(root: Node, schema: Mapping[str, Any], as_of: str | None) -> Iterator[Violation]:
    """What only the server refuses: unknown top-level properties and long commands."""
    template = facts.table("vercel")["messages"]["server_schema"]
    known = set(schema["properties"])
    for row in schema["removed"]:
        if as_of is not None and as_of < row["since"]:
            known.add(row["property"])
    for key, entry in root.entries.items():
        if key not in known:
            message = template.format(message=f"should NOT have additional property `{key}`")
            yield Violation("server", "schema", message, entry.key_span, "additional", key, entry.span)
        elif key in schema["commands"] and entry.node.kind not in ("str", "null"):
            message = template.format(message=f"`{key}` should be string,null")
            yield Violation("server", "schema", message, entry.node.span, "type", key, entry.span)
        elif key in schema["commands"] and entry.node.kind == "str" and len(entry.node.value) > schema["command_max"]:
            limit = schema["command_max"]
            message = template.format(message=f"`{key}` should NOT be longer than {limit} characters")
            yield Violation("server", "schema", message, entry.node.span, "too-long", key, entry.span)


class _Checker:
    """Walks a tree along a shape, in the order in which Vercel's validator meets things."""

    def __init__(self, shapes: Mapping[str, Any], suggestions: Mapping[str, Any], max_duration: int) -> None:
        self.shapes = shapes
        self.suggestions = suggestions
        self.max_duration = max_duration

    def check(self, node: Node, shape: Mapping[str, Any], route: str) -> Iterator[Violation]:
        if "anyof" in shape:
            attempts = [list(self.check(node, self.shapes[name], route)) for name in shape["anyof"]]
            # Vercel reports the first alternative's complaint when none fits.
            if all(attempts):
                yield from attempts[0][:1]
            return
        if shape["type"] == "duration":
            yield from self.duration(node, route)
            return
        if shape["type"] != "any" and node.kind not in _TYPES[shape["type"]]:
            yield self.at(node.span, route, f"should be {shape['type']}.", "type")
            return
        yield from self.value(node, shape, route)
        if node.kind == "list" and "items" in shape:
            for index, item in enumerate(node.items):
                yield from self.check(item, self.shapes[shape["items"]], f"{route}[{index}]")
        if node.kind == "map":
            yield from self.properties(node, shape, route)

    def value(self, node: Node, shape: Mapping[str, Any], route: str) -> Iterator[Violation]:
        """Lengths, bounds, patterns."""
        if node.kind in ("int", "float"):
            if "low" in shape and node.value < shape["low"]:
                yield self.at(node.span, route, f"should be >= {shape['low']}.", "bound")
            if "high" in shape and node.value > shape["high"]:
                yield self.at(node.span, route, f"should be <= {shape['high']}.", "bound")
        if node.kind not in ("str", "list", "map"):
            return
        size = len(node.value)
        noun = {"str": "characters", "list": "items", "map": "properties"}[node.kind]
        more, fewer = ("longer", "shorter") if node.kind == "str" else ("more", "fewer")
        verb = "be" if node.kind == "str" else "have"
        if size > shape.get("max", size):
            yield self.at(node.span, route, f"should NOT {verb} {more} than {shape['max']} {noun}.", "size")
        if size < shape.get("min", size):
            yield self.at(node.span, route, f"should NOT {verb} {fewer} than {shape['min']} {noun}.", "size")
        if "enum" in shape and node.value not in shape["enum"]:
            yield self.at(node.span, route, "should be equal to one of the allowed values.", "enum")
        if "pattern" in shape and not re.search(shape["pattern"], node.value):
            yield self.at(node.span, route, f'should match pattern "{shape["pattern"]}".', "pattern")

    def properties(self, node: Node, shape: Mapping[str, Any], route: str) -> Iterator[Violation]:
        """Required, unknown and known properties of a map."""
        for name in shape.get("required", ()):
            if name not in node.entries and not shape.get("closed"):
                yield self.at(node.span, route, f"missing required property `{name}`.", "required")
        known: Mapping[str, Any] = shape.get("properties", {})
        if shape.get("closed"):
            for name, entry in node.entries.items():
                if name not in known:
                    yield self.unknown(name, entry.key_span, entry.span, route)
            for name in shape.get("required", ()):
                if name not in node.entries:
                    yield self.at(node.span, route, f"missing required property `{name}`.", "required")
        choices = shape.get("required_one", ())
        if choices and not any(name in node.entries for name in choices):
            yield self.at(node.span, route, f"missing required property `{choices[0]}`.", "required")
        for name, entry in node.entries.items():
            if "each" in shape:
                yield from self.check(entry.node, self.shapes[shape["each"]], f"{route}['{name}']")
            elif name in known:
                yield from self.check(entry.node, known[name], f"{route}.{name}")

    def unknown(self, name: str, span: Span, entry_span: Span, route: str) -> Violation:
        """A property that Vercel does not know, with its own suggestion where it has one."""
        top = re.split(r"[\[.]", route.lstrip("."))[0]
        better = self.suggestions.get(top, {}).get(name) if isinstance(self.suggestions.get(top), dict) else None
        advice = f"Did you mean `{better}`?" if better else "Please remove it."
        message = f"should NOT have additional property `{name}`. {advice}"
        found = self.at(span, route, message, "additional")
        return Violation(found.where, found.code, found.message, span, "additional", name, entry_span, better)

    def duration(self, node: Node, route: str) -> Iterator[Violation]:
        """`maxDuration`: a whole number of seconds, or "max"."""
        if node.kind == "str" and node.value == "max":
            return
        if node.kind != "int":
            yield self.at(node.span, route, "should be integer.", "type")
        elif node.value < 1:
            yield self.at(node.span, route, "should be >= 1.", "bound")
        elif node.value > self.max_duration:
            yield self.at(node.span, route, f"should be <= {self.max_duration}.", "bound")

    def at(self, span: Span, route: str, message: str, kind: str) -> Violation:
        place = f"`{route.lstrip('.')}` " if route else ""
        return Violation("local", "INVALID_VERCEL_CONFIG", f"Invalid vercel.json - {place}{message}", span, kind)
