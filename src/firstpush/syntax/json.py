"""Strict JSON: a `Source` goes in, a `Document` with spans comes out. The standard library says what is wrong."""

from __future__ import annotations

from firstpush.model.text import Span
from firstpush.syntax.document import Document, Problem
from firstpush.syntax.guard import unreadable
from firstpush.syntax.json_cst import JsonError, JsonScanner
from firstpush.syntax.source import Source


def parse(source: Source) -> Document:
    """The document; `root` is None when the file is no JSON. Never raises for any bytes.

    A BOM is passed over (`source.has_bom` tells; some readers refuse it). `NaN` and `Infinity` are no JSON.
    """
    problem = unreadable(source)
    if problem is not None:
        return Document(source, None, (problem,))
    scanner = JsonScanner(source.data, source.path, comments=False, trailing_commas=False)
    start = 3 if source.has_bom else 0
    try:
        root = scanner.document(start)
    except JsonError as error:
        return Document(source, None, (_problem(source, error),))
    return Document(source, root, tuple(scanner.problems))


def _problem(source: Source, error: JsonError) -> Problem:
    """The standard library's message and place where it fails too (it takes NaN and deep nesting)."""
    from json import JSONDecodeError, loads

    message, at = str(error), error.offset
    try:
        loads(source.decoded())
    except JSONDecodeError as theirs:
        message = theirs.msg
        at = source.offset_of(theirs.lineno, theirs.colno)
    except (RecursionError, ValueError):
        pass
    at = min(at, len(source.data))
    return Problem(message, Span(source.path, at, source.character_end(at)))
