"""TOML: a `Source` goes in, a `Document` with spans comes out. `tomllib` decides what is TOML and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from firstpush.model.text import Span, SpannedText, SpannedTextBuilder
from firstpush.syntax.document import Comment, Document, Entry, Kind, Node, Problem
from firstpush.syntax.guard import unreadable
from firstpush.syntax.source import Source
from firstpush.syntax.toml_cst import MAX_DEPTH, KeyPart, Pair, ScanError, Section, Token, TomlSyntax, TooDeep, scan

# Compiled when they are first needed: most files have no escape and no error.
_ESCAPE = (
    rb"\\(?:u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|x(?P<x>[0-9A-Fa-f]{2})"
    rb"|(?P<line>[ \t]*\r?\n[ \t\r\n]*)|(?P<c>.))"
    rb"|(?P<crlf>\r\n)"
)
_CRLF = rb"\r\n"
_PLACE = r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z"
_SHORT = {b"b": "\b", b"t": "\t", b"n": "\n", b"f": "\f", b"r": "\r", b'"': '"', b"\\": "\\", b"e": "\x1b"}


def parse(source: Source) -> Document:
    """The document; `root` is None when the file is no TOML. Never raises for any bytes."""
    problem = unreadable(source)
    if problem is not None:
        return Document(source, None, (problem,))
    start = 3 if source.has_bom else 0
    syntax: TomlSyntax | None = None
    try:
        syntax = scan(source.data, start)
    except TooDeep as error:  # before tomllib, which takes quadratic time for long keys
        return Document(source, None, (Problem(str(error), Span(source.path, error.offset, error.offset)),))
    except ScanError as error:
        found: Problem | None = _problem(source) or Problem(str(error), Span(source.path, error.offset, error.offset))
    else:
        found = _problem(source)
    if found is not None or syntax is None:
        return Document(source, None, (found,) if found else ())
    try:
        root = _Builder(source).root(syntax.sections, start)
    except ScanError as error:
        return Document(source, None, (Problem(str(error), Span(source.path, error.offset, error.offset)),))
    data, path = source.data, source.path
    comments = tuple(Comment(data[a:b].decode("utf-8"), Span(path, a, b)) for a, b in syntax.comments)
    return Document(source, root, (), comments)


def _problem(source: Source) -> Problem | None:
    """What tomllib finds wrong."""
    import tomllib

    try:
        tomllib.loads(source.decoded())
    except tomllib.TOMLDecodeError as error:
        return _located(source, error)
    except RecursionError:
        return Problem(f"values are nested more than {MAX_DEPTH} levels deep", Span(source.path, 0, 0))
    except ValueError as error:  # a number with thousands of digits, a date that does not exist
        return Problem(str(error), Span(source.path, 0, 0))
    return None


def _located(source: Source, error: ValueError) -> Problem:
    """tomllib's message with the place that it names (its columns count characters, from 1)."""
    message = str(error)
    found = re.search(_PLACE, message)
    end = len(source.data)
    if found is None or found[1] is None:
        return Problem(message[: found.start()] if found else message, Span(source.path, end, end))
    line, column = int(found[1]), int(found[2])
    start = source.offset_of(line, column)
    return Problem(message[: found.start()], Span(source.path, start, source.character_end(start)))


def decode_string(data: bytes, path: str, token: Token | KeyPart, quote: bytes) -> SpannedText:
    """The text of a string token and the bytes of each of its characters."""
    width = len(quote)
    start, end = token.start + width, token.end - width
    if width == 3:
        if data.startswith(b"\n", start):
            start += 1
        elif data.startswith(b"\r\n", start):
            start += 2
    raw = data[start:end]
    if quote[:1] == b'"' and b"\\" in raw:
        pattern = _ESCAPE
    elif b"\r\n" in raw:
        pattern = _CRLF
    else:
        return SpannedText.verbatim(raw.decode("utf-8"), path, start)
    builder = SpannedTextBuilder(path)
    at = start
    for found in re.compile(pattern, re.DOTALL).finditer(data, start, end):
        if found.start() > at:
            builder.verbatim(data[at : found.start()].decode("utf-8"), at)
        at = found.end()
        character = _unescaped(found)
        if character:
            builder.mapped(character, found.start(), at)
    if at < end:
        builder.verbatim(data[at:end].decode("utf-8"), at)
    return builder.build(start)


def _unescaped(found: re.Match[bytes]) -> str:
    group = found.lastgroup
    if group in ("u", "U", "x"):
        return chr(int(found[group], 16))
    if group == "c":
        return _SHORT.get(found["c"], found["c"].decode("utf-8", "replace"))
    return "" if group == "line" else "\n"


def key_text(data: bytes, part: KeyPart) -> str:
    """What a part of a key says."""
    first = data[part.start : part.start + 1]
    if first in (b'"', b"'"):
        return decode_string(data, "", part, first).text
    return data[part.start : part.end].decode("ascii")


class _Table:
    """A table while it is put together: TOML spreads tables over several places."""

    __slots__ = ("children", "end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.children: dict[str, _Child] = {}


class _Child:
    """A key of a table: where it stands and what it holds (a finished node, a table, or an array of tables)."""

    __slots__ = ("content", "end", "key", "start")

    def __init__(self, key: KeyPart, start: int, end: int, content: Node | _Table | list[_Table]) -> None:
        self.key = key
        self.start = start
        self.end = end
        self.content = content


class _Builder:
    def __init__(self, source: Source) -> None:
        self.data = source.data
        self.path = source.path

    def root(self, sections: Iterable[Section], start: int) -> Node:
        root = _Table(start, len(self.data))
        for section in sections:
            table = root
            if section.keys:
                table = self.table_for(root, section)
            for pair in section.pairs:
                self.add(table, pair)
        return self.finished(root)

    def table_for(self, root: _Table, section: Section) -> _Table:
        """The table that a header names. A table written in several places spans from the first to the last."""
        table = root
        last = len(section.keys) - 1
        for index, part in enumerate(section.keys):
            key = key_text(self.data, part)
            child = table.children.get(key)
            here = _Table(section.start, section.end)
            if child is None:
                child = _Child(part, section.start, section.end, [here] if section.array and index == last else here)
                table.children[key] = child
            else:
                child.end = section.end
                if isinstance(child.content, list) and index == last:
                    child.content.append(here)
                elif index == last:
                    child.key = part
            content = child.content
            if isinstance(content, Node):
                raise ScanError("a table is defined twice", section.start)
            table = content[-1] if isinstance(content, list) else content
            table.end = section.end
        return table

    def add(self, table: _Table, pair: Pair) -> None:
        for part in pair.keys[:-1]:
            key = key_text(self.data, part)
            child = table.children.get(key)
            if child is None:
                child = table.children[key] = _Child(part, pair.start, pair.end, _Table(pair.start, pair.end))
            if not isinstance(child.content, _Table):
                raise ScanError("a key is defined twice", pair.start)
            child.end = child.content.end = pair.end
            table = child.content
        part = pair.keys[-1]
        table.children[key_text(self.data, part)] = _Child(part, pair.start, pair.end, self.node(pair.token))

    def node(self, token: Token) -> Node:
        span = Span(self.path, token.start, token.end)
        if token.kind == "str":
            text = decode_string(self.data, self.path, token, token.quote)
            return Node("str", text.text, span, text=text)
        if token.kind == "list":
            items = tuple(self.node(item) for item in token.items)
            return Node("list", [item.value for item in items], span, items=items)
        if token.kind == "map":
            table = _Table(token.start, token.end)
            for pair in token.pairs:
                self.add(table, pair)
            return self.finished(table)
        kind, value = _scalar(self.data[token.start : token.end])
        return Node(kind, value, span)

    def finished(self, table: _Table) -> Node:
        entries: dict[str, Entry] = {}
        value: dict[str, Any] = {}
        path = self.path
        for key, child in table.children.items():
            content = child.content
            if isinstance(content, _Table):
                node = self.finished(content)
            elif isinstance(content, list):
                items = tuple(self.finished(item) for item in content)
                node = Node("list", [item.value for item in items], Span(path, child.start, child.end), items=items)
            else:
                node = content
            span = Span(path, child.start, child.end)
            entries[key] = Entry(key, Span(path, child.key.start, child.key.end), span, node)
            value[key] = node.value
        return Node("map", value, Span(path, table.start, table.end), entries)


def _scalar(raw: bytes) -> tuple[Kind, Any]:
    if raw == b"true" or raw == b"false":
        return "bool", raw == b"true"
    if raw.isdigit():
        return "int", int(raw)
    import tomllib

    value = tomllib.loads(f"x={raw.decode('ascii')}")["x"]
    if isinstance(value, int):
        return "int", value
    return ("float", value) if isinstance(value, float) else ("datetime", value)
