"""JSON with comments and trailing commas (JSONC): a `Source` goes in, a `Document` with spans comes out."""

from __future__ import annotations

from firstpush.model.text import Span
from firstpush.syntax.document import Document, Problem
from firstpush.syntax.guard import unreadable
from firstpush.syntax.json_cst import JsonError, JsonScanner
from firstpush.syntax.source import Source


def parse(source: Source) -> Document:
    """The document; `root` is None when the file is no JSONC. Never raises for any bytes."""
    problem = unreadable(source)
    if problem is not None:
        return Document(source, None, (problem,))
    scanner = JsonScanner(source.data, source.path, comments=True, trailing_commas=True)
    try:
        root = scanner.document(3 if source.has_bom else 0)
    except JsonError as error:
        at = min(error.offset, len(source.data))
        problem = Problem(str(error), Span(source.path, at, source.character_end(at)))
        return Document(source, None, (problem,), tuple(scanner.comments))
    return Document(source, root, tuple(scanner.problems), tuple(scanner.comments))
