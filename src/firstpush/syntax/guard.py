"""What every parser refuses before it starts: too large, binary or non-UTF-8 files. A `Source` goes in, a `Problem` or
None comes out."""

from __future__ import annotations

from firstpush.model.text import Span
from firstpush.syntax.document import Problem
from firstpush.syntax.source import Source

MAX_BYTES = 4 * 1024 * 1024  # a configuration file is never this large; parsing it would take seconds


def too_large(source: Source) -> str | None:
    """How the file exceeds our own limit, or None. The platforms have no such limit: nothing follows for them."""
    return f"larger than {MAX_BYTES // 1024 // 1024} MiB" if len(source.data) > MAX_BYTES else None


def unreadable(source: Source) -> Problem | None:
    """Why this file cannot be text of a configuration format, or None."""
    data = source.data
    if (large := too_large(source)) is not None:
        return Problem(f"the file is {large}", Span(source.path, 0, 0))
    if data.isascii():
        at = data.find(b"\0")
        return None if at < 0 else Problem("the file is binary: it has a NUL byte", Span(source.path, at, at + 1))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Problem("the file is UTF-16, not UTF-8", Span(source.path, 0, 2))
    at = data.find(b"\0")
    if at >= 0:
        return Problem("the file is binary: it has a NUL byte", Span(source.path, at, at + 1))
    error = source.encoding_error()
    if error is None:
        return None
    start = min(error.start, len(data))
    return Problem(
        f"the file is not UTF-8: {error.reason}", Span(source.path, start, max(start, min(error.end, len(data))))
    )
