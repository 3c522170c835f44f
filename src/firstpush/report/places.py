"""Spans to lines and columns, for every format. Sources come from the caller as a function; files are not read here."""

from __future__ import annotations

from collections.abc import Callable

from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.syntax.source import Source

Sources = Callable[[str], Source | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A span in lines and columns, 1-based, columns in Unicode characters, the end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


def place_of(span: Span, source: Sources) -> Place:
    """Where a span is. A file that cannot be read (or a folder) gives its first line and column."""
    found = source(span.path)
    if found is None:
        return Place(span.path, 1, 1, 1, 1)
    start = found.position(span.start)
    end = found.position(span.end)
    return Place(span.path, start.line, start.column, end.line, end.column)


def is_whole_file(span: Span) -> bool:
    """An empty span at byte 0 stands for the file as a whole."""
    return span.start == span.end == 0


def where(span: Span, source: Sources) -> str:
    """`path:line:column`, or the path alone when the whole file is meant."""
    if is_whole_file(span):
        return span.path
    place = place_of(span, source)
    return f"{place.path}:{place.line}:{place.column}"
