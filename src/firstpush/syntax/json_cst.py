"""The syntax of JSON and of JSON with comments (JSONC): bytes go in, `Node`s with spans come out, or the first error.

Strict in what it takes: RFC 8259; with `comments` also `//` and `/* */`; with `trailing_commas` a comma before a
closing bracket. The scanner works on bytes, so every position is a byte offset, without a map.
"""

from __future__ import annotations

import re
from typing import Any

from firstpush.model.text import Span, SpannedText, SpannedTextBuilder
from firstpush.syntax.document import Comment, Entry, Kind, Node, Problem

MAX_DEPTH = 127  # as serde_json, which Nixpacks and uv read JSON with: the 128th level is refused

_BLANKS = re.compile(rb"[ \t\r\n]*+")
_LINE_COMMENT = re.compile(rb"//[^\r\n]*+")
_STRING = re.compile(rb'"([^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+)"')
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_WORDS: dict[bytes, tuple[Kind, Any]] = {b"t": ("bool", True), b"f": ("bool", False), b"n": ("null", None)}
_WORD = re.compile(rb"(?:true|false|null)(?![A-Za-z0-9_])")
_ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|(.))")
_SHORT = {b"b": "\b", b"t": "\t", b"n": "\n", b"f": "\f", b"r": "\r", b'"': '"', b"\\": "\\", b"/": "/"}


class JsonError(Exception):
    """The file is no JSON; `offset`: where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class JsonScanner:
    """Scans one value with what may stand around it."""

    def __init__(self, data: bytes, path: str, *, comments: bool, trailing_commas: bool) -> None:
        self.data = data
        self.path = path
        self.allow_comments = comments
        self.allow_trailing = trailing_commas
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []

    def document(self, start: int) -> Node:
        """The root. Raises JsonError."""
        at = self.blanks(start)
        node = self.value(at, 0)
        at = self.blanks(node.span.end)
        if at < len(self.data):
            raise JsonError("Extra data", at)
        return node

    def blanks(self, at: int) -> int:
        data = self.data
        while True:
            found = _BLANKS.match(data, at)
            at = found.end() if found else at
            if not self.allow_comments or data[at : at + 1] != b"/":
                return at
            line = _LINE_COMMENT.match(data, at)
            if line is not None:
                end = line.end()
            elif data.startswith(b"/*", at):
                close = data.find(b"*/", at + 2)
                if close < 0:
                    raise JsonError("Unterminated comment", at)
                end = close + 2
            else:
                return at
            self.comments.append(Comment(data[at:end].decode("utf-8"), Span(self.path, at, end)))
            at = end

    def value(self, at: int, depth: int) -> Node:
        data = self.data
        first = data[at : at + 1]
        if first == b'"':
            return self.string(at)
        if first == b"{" or first == b"[":
            if depth >= MAX_DEPTH:
                raise JsonError(f"values are nested more than {MAX_DEPTH} levels deep", at)
            return self.object(at, depth) if first == b"{" else self.array(at, depth)
        word = _WORD.match(data, at)
        if word is not None:
            kind, constant = _WORDS[first]
            return Node(kind, constant, Span(self.path, at, word.end()))
        number = _NUMBER.match(data, at)
        if number is None:
            raise JsonError("Expecting value", at)
        raw = number.group()
        span = Span(self.path, at, number.end())
        if number[1] is None and number[2] is None:
            try:
                return Node("int", int(raw), span)
            except ValueError as error:  # thousands of digits
                raise JsonError(str(error), at) from None
        return Node("float", float(raw), span)

    def string(self, at: int) -> Node:
        found = _STRING.match(self.data, at)
        if found is None:
            raise self.string_error(at)
        text = self.text(found.start(1), found.end(1))
        return Node("str", text.text, Span(self.path, at, found.end()), text=text)

    def string_error(self, at: int) -> JsonError:
        end = at + 1
        while end < len(self.data):
            byte = self.data[end]
            if byte < 0x20:
                return JsonError("Invalid control character in a string", end)
            if byte == 0x5C:
                if _ESCAPE.match(self.data, end) is None or not re.match(
                    rb'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})', self.data[end : end + 6]
                ):
                    return JsonError("Invalid \\escape", end)
                end += 1
            end += 1
        return JsonError("Unterminated string", at)

    def text(self, start: int, end: int) -> SpannedText:
        """The decoded text between the quotes; a surrogate pair is one character of twelve bytes."""
        data = self.data
        raw = data[start:end]
        if b"\\" not in raw:
            return SpannedText.verbatim(raw.decode("utf-8"), self.path, start)
        builder = SpannedTextBuilder(self.path)
        at = start
        while at < end:
            escape = data.find(b"\\", at, end)
            if escape < 0:
                builder.verbatim(data[at:end].decode("utf-8"), at)
                break
            if escape > at:
                builder.verbatim(data[at:escape].decode("utf-8"), at)
            character, at = self.escaped(escape, end)
            builder.mapped(character, escape, at)
        return builder.build(start)

    def escaped(self, at: int, end: int) -> tuple[str, int]:
        found = _ESCAPE.match(self.data, at, end)
        if found is None:
            raise JsonError("Invalid \\escape", at)
        if found[1] is None:
            return _SHORT[found[2]], found.end()
        code = int(found[1], 16)
        if 0xD800 <= code <= 0xDBFF:
            low = _ESCAPE.match(self.data, found.end(), end)
            if low is not None and low[1] is not None and 0xDC00 <= int(low[1], 16) <= 0xDFFF:
                return chr(0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00), low.end()
        if 0xD800 <= code <= 0xDFFF:
            # Python could hold it but nothing could print it.
            span = Span(self.path, at, found.end())
            self.problems.append(Problem("half of a surrogate pair: no character", span))
            return "\ufffd", found.end()
        return chr(code), found.end()

    def array(self, start: int, depth: int) -> Node:
        items: list[Node] = []
        at = self.blanks(start + 1)
        while not self.data.startswith(b"]", at):
            item = self.value(at, depth + 1)
            items.append(item)
            at = self.separated(self.blanks(item.span.end), b"]")
        return Node("list", [item.value for item in items], Span(self.path, start, at + 1), items=tuple(items))

    def object(self, start: int, depth: int) -> Node:
        entries: dict[str, Entry] = {}
        at = self.blanks(start + 1)
        while not self.data.startswith(b"}", at):
            if not self.data.startswith(b'"', at):
                raise JsonError("Expecting property name enclosed in double quotes", at)
            name = self.string(at)
            at = self.blanks(name.span.end)
            if not self.data.startswith(b":", at):
                raise JsonError("Expecting ':' delimiter", at)
            node = self.value(self.blanks(at + 1), depth + 1)
            key: str = name.value
            if key in entries:
                self.problems.append(Problem(f'duplicate key "{key}": the last one counts', name.span))
                del entries[key]
            entries[key] = Entry(key, name.span, Span(self.path, name.span.start, node.span.end), node)
            at = self.separated(self.blanks(node.span.end), b"}")
        value = {key: entry.node.value for key, entry in entries.items()}
        return Node("map", value, Span(self.path, start, at + 1), entries)

    def separated(self, at: int, close: bytes) -> int:
        """After an item: at the next one, or at the closing bracket."""
        data = self.data
        if data.startswith(close, at):
            return at
        if not data.startswith(b",", at):
            raise JsonError("Expecting ',' delimiter", at)
        following = self.blanks(at + 1)
        if data.startswith(close, following) and not self.allow_trailing:
            raise JsonError("Illegal trailing comma before end of " + ("array" if close == b"]" else "object"), at)
        return following
