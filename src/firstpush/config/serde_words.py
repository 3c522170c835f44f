"""What a Rust program says about a value of the wrong type: serde's, toml 0.5's and serde_json's words and places.

In: the node that does not fit and what was expected; out: the message as the builder prints it. Source of the rules:
the `de.rs` of toml 0.5.9 and of serde_json 1.0 (read, 2026-11-20): toml places a wrong scalar at its own start, but a
wrong table at the *last* table header of the file; serde_json places a scalar behind itself and a list or map at its
first byte.
"""

from __future__ import annotations

from firstpush.model.text import Span
from firstpush.syntax.document import Document, Node

SIMPLE_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def rust_string(text: str) -> str:
    """The text as Rust's `{:?}` writes it."""
    return '"' + "".join(SIMPLE_ESCAPES.get(character, character) for character in text) + '"'


def found(node: Node, json: bool) -> str:
    """How serde names the value that it met."""
    value = node.value
    match node.kind:
        case "str":
            return f"string {rust_string(value)}"
        case "int":
            return f"integer `{value}`"
        case "float":
            return f"floating point `{value!r}`"
        case "bool":
            return f"boolean `{'true' if value else 'false'}`"
        case "list":
            return "sequence"
        case "null":
            return "null" if json else "unit value"
        case _:
            return "map"  # TOML's dates are maps for serde, too


def invalid_type(document: Document, node: Node, route: tuple[str, ...], expected: str, json: bool) -> str:
    """`invalid type: …` with the place, as the builder prints it."""
    text = f"invalid type: {found(node, json)}, expected {expected}"
    return text + place(document, node, route, json)


def place(document: Document, node: Node, route: tuple[str, ...], json: bool) -> str:
    """` for key `a.b` at line L column C` in the rules of the two parsers (columns count bytes)."""
    data, span = document.source.data, node.span
    if json:
        at = span.start if node.kind in ("list", "map") else span.end
        line, column = _line_column(data, at)
        return f" at line {line} column {column}"
    table = node.kind == "map" and not data.startswith(b"{", span.start)
    at = last_header(document) if table else span.start
    line, column = _line_column(data, at)
    key = f" for key `{'.'.join(route)}`" if route else ""
    return f"{key} at line {line} column {column + 1}"


def last_header(document: Document) -> int:
    """Where the last `[table]` of a TOML file begins (0: there is none)."""
    data, last = document.source.data, 0
    pending = [document.root] if document.root else []
    while pending:
        node = pending.pop()
        for entry in node.entries.values():
            start = entry.span.start
            if data.startswith(b"[", start) and entry.key_span.start > start:
                last = max(last, start)
            pending.append(entry.node)
        pending.extend(node.items)
    return last


def where(document: Document, node: Node, key: Span | None) -> Span:
    """What to point at for a value: itself, or its key where the value is a whole table."""
    if node.kind == "map" and key is not None and not document.source.data.startswith(b"{", node.span.start):
        return key
    return node.span


def _line_column(data: bytes, offset: int) -> tuple[int, int]:
    """1-based line and the number of bytes before `offset` in it."""
    start = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, offset - start
