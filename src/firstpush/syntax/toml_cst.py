"""The concrete syntax of a TOML file: bytes that `tomllib` accepts go in, sections, pairs and tokens come out.

Only positions are found here; whether the file is TOML, and what its numbers and dates mean, is for `tomllib` to say.
The scanner works on bytes, so every position is a byte offset, without a map. Edits use this flat form, because a
table of TOML can be written in several places.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

MAX_DEPTH = 100  # arrays and inline tables within each other

_BLANK = re.compile(rb"[ \t]*+")
_BLANK_LINES = re.compile(rb"[ \t\r\n]*+")
_COMMENT = re.compile(rb"#[^\r\n]*+")
_BARE_KEY = re.compile(rb"[A-Za-z0-9_-]++")
_PLAIN_PAIR = re.compile(rb"([A-Za-z0-9_-]++)[ \t]*+=[ \t]*+")
_BASIC = re.compile(rb'"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"')
_LITERAL = re.compile(rb"'[^'\r\n]*+'")
_LONG_BASIC = re.compile(rb'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(rb"'''[^']*+(?:'(?!'')[^']*+)*+'{3,5}")
_SCALAR = re.compile(rb"[^,\]}#\r\n]++")


class ScanError(Exception):
    """The scanner does not understand the file; `offset`: where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class TooDeep(ScanError):
    """Values are nested, or keys dotted, beyond all sense."""


class KeyPart(NamedTuple):
    """One part of a dotted key; the offsets cover it as written, quotes included."""

    start: int
    end: int


class Token(NamedTuple):
    """A value as written. `kind` of a string tells its quotes: `"` `'` `\"\"\"` `'''` (in `quote`)."""

    kind: Literal["str", "list", "map", "scalar"]
    start: int
    end: int
    quote: bytes = b""
    items: tuple[Token, ...] = ()
    pairs: tuple[Pair, ...] = ()


class Pair(NamedTuple):
    """`key.parts = value`."""

    keys: tuple[KeyPart, ...]
    token: Token

    @property
    def start(self) -> int:
        return self.keys[0].start

    @property
    def end(self) -> int:
        return self.token.end


class Section(NamedTuple):
    """What stands under one header (the first section has none: `keys` is empty). `end`: of the last pair, or of the
    header."""

    keys: tuple[KeyPart, ...]
    array: bool
    start: int
    header_end: int
    pairs: tuple[Pair, ...]

    @property
    def end(self) -> int:
        return self.pairs[-1].end if self.pairs else self.header_end


class TomlSyntax(NamedTuple):
    """All of a file."""

    sections: tuple[Section, ...]
    comments: tuple[tuple[int, int], ...]


def scan(data: bytes, start: int) -> TomlSyntax:
    """Scan `data` from `start` (after a BOM). Raises ScanError."""
    return _Scanner(data).file(start)


def scan_value(data: bytes, start: int) -> Token:
    """The value that stands at `start`. Raises ScanError."""
    return _Scanner(data).value(start, 0)


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.comments: list[tuple[int, int]] = []

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.data, at)
        return found.end() if found else at

    def blank_lines(self, at: int) -> int:
        """Skip white space, line ends and comments (which are kept)."""
        data = self.data
        while True:
            found = _BLANK_LINES.match(data, at)
            at = found.end() if found else at
            if data[at : at + 1] != b"#":
                return at
            comment = _COMMENT.match(data, at)
            assert comment is not None
            self.comments.append(comment.span())
            at = comment.end()

    def file(self, at: int) -> TomlSyntax:
        data = self.data
        sections: list[Section] = []
        keys: tuple[KeyPart, ...] = ()
        array = False
        start = header_end = at
        pairs: list[Pair] = []
        while True:
            at = self.blank_lines(at)
            if at >= len(data):
                break
            if data[at] == 0x5B:  # [
                sections.append(Section(keys, array, start, header_end, tuple(pairs)))
                start = at
                pairs = []
                array = data[at + 1 : at + 2] == b"["
                close = b"]]" if array else b"]"
                keys, at = self.keys(at + len(close))
                if not data.startswith(close, at):
                    raise ScanError("a table header is not closed", at)
                header_end = at = at + len(close)
            else:
                pair, at = self.pair(at, 0)
                pairs.append(pair)
        sections.append(Section(keys, array, start, header_end, tuple(pairs)))
        return TomlSyntax(tuple(sections), tuple(self.comments))

    def keys(self, at: int) -> tuple[tuple[KeyPart, ...], int]:
        """A dotted key with the blanks around it."""
        parts: list[KeyPart] = []
        while True:
            at = self.blank(at)
            first = self.data[at : at + 1]
            pattern = _BASIC if first == b'"' else _LITERAL if first == b"'" else _BARE_KEY
            found = pattern.match(self.data, at)
            if found is None:
                raise ScanError("a key is expected here", at)
            parts.append(KeyPart(at, found.end()))
            at = self.blank(found.end())
            if len(parts) > MAX_DEPTH:
                raise TooDeep(f"a key has more than {MAX_DEPTH} parts", parts[0].start)
            if self.data[at : at + 1] != b".":
                return tuple(parts), at
            at += 1

    def pair(self, at: int, depth: int) -> tuple[Pair, int]:
        plain = _PLAIN_PAIR.match(self.data, at)
        if plain is not None:
            token = self.value(plain.end(), depth)
            return Pair((KeyPart(at, plain.end(1)),), token), token.end
        keys, at = self.keys(at)
        if self.data[at : at + 1] != b"=":
            raise ScanError("'=' is expected after a key", at)
        token = self.value(self.blank(at + 1), depth)
        return Pair(keys, token), token.end

    def value(self, at: int, depth: int) -> Token:
        data = self.data
        first = data[at : at + 1]
        if first == b'"' or first == b"'":
            quote = first * 3
            if data.startswith(quote, at):
                found = (_LONG_BASIC if first == b'"' else _LONG_LITERAL).match(data, at)
            else:
                quote = first
                found = (_BASIC if first == b'"' else _LITERAL).match(data, at)
            if found is None:
                raise ScanError("a string is not closed", at)
            return Token("str", at, found.end(), quote)
        if first == b"[" or first == b"{":
            if depth >= MAX_DEPTH:
                raise TooDeep(f"values are nested more than {MAX_DEPTH} levels deep", at)
            return self.array(at, depth) if first == b"[" else self.inline_table(at, depth)
        found = _SCALAR.match(data, at)
        if found is None:
            raise ScanError("a value is expected here", at)
        return Token("scalar", at, at + len(found.group().rstrip(b" \t")))

    def array(self, start: int, depth: int) -> Token:
        data = self.data
        items: list[Token] = []
        at = self.blank_lines(start + 1)
        while data[at : at + 1] != b"]":
            item = self.value(at, depth + 1)
            items.append(item)
            at = self.blank_lines(item.end)
            if data[at : at + 1] == b",":
                at = self.blank_lines(at + 1)
            elif data[at : at + 1] != b"]":
                raise ScanError("an array is not closed", at)
        return Token("list", start, at + 1, items=tuple(items))

    def inline_table(self, start: int, depth: int) -> Token:
        data = self.data
        pairs: list[Pair] = []
        at = self.blank_lines(start + 1)
        while data[at : at + 1] != b"}":
            pair, at = self.pair(at, depth + 1)
            pairs.append(pair)
            at = self.blank_lines(at)
            if data[at : at + 1] == b",":
                at = self.blank_lines(at + 1)
            elif data[at : at + 1] != b"}":
                raise ScanError("an inline table is not closed", at)
        return Token("map", start, at + 1, pairs=tuple(pairs))
