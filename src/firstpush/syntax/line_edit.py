"""Edits of files made of lines: Procfiles, requirements files, shell scripts. Offsets go in, `Edit`s come out."""

from __future__ import annotations

from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span, SpannedText
from firstpush.syntax.document import Document
from firstpush.syntax.edit import append_lines, delete_lines, indentation, line_ending, line_start, next_line
from firstpush.syntax.source import Source


def replace_inside(text: SpannedText, start: int, end: int, new: str) -> Edit:
    """Replace characters `start` to `end` of a text that stands in its file as it is."""
    span = text.span(start, end)
    if span is None:
        raise KeyError(text.text)
    return Edit(span, new)


def delete_line(source: Source, offset: int) -> Edit:
    """Delete the logical line at an offset: with the lines that a backslash at the end continues it with."""
    data = source.data
    start = line_start(data, min(offset, len(data)))
    while start > line_start(data, 0) and _continued(data, start - 1):
        start = line_start(data, start - 1)
    end = next_line(data, start)
    while end < len(data) and _continued(data, end - 1):
        end = next_line(data, end)
    return delete_lines(source.path, data, start, max(start, end - (1 if data[end - 1 : end] == b"\n" else 0)))


def _continued(data: bytes, newline: int) -> bool:
    """The line that ends at this newline goes on in the next one."""
    return data[line_start(data, newline) : newline].rstrip(b"\r").endswith(b"\\")


def insert_line(source: Source, offset: int, text: str, *, after: bool = True) -> Edit:
    """Put a line after (or before) the one at an offset, with its indentation and the file's line ending."""
    data = source.data
    ending = line_ending(data)
    indent = indentation(data, offset)
    if not after:
        at = line_start(data, offset)
        return Edit(Span(source.path, at, at), f"{indent}{text}{ending}")
    at = next_line(data, offset)
    if at == len(data) and not data.endswith(b"\n"):
        return Edit(Span(source.path, at, at), f"{ending}{indent}{text}")
    return Edit(Span(source.path, at, at), f"{indent}{text}{ending}")


def append_line(source: Source, text: str) -> Edit:
    """Add a line at the end; a file without a final newline stays without one."""
    return append_lines(source.path, source.data, [text])


def delete_process(document: Document, name: str) -> Edit:
    """Delete a process type of a Procfile. Raises KeyError."""
    entry = document.root.entries.get(name) if document.root else None
    if entry is None:
        raise KeyError(name)
    return delete_lines(document.path, document.source.data, entry.span.start, entry.span.end)


def set_process(document: Document, name: str, command: str) -> Edit:
    """Replace the command of a process type, or add the process type."""
    entry = document.root.entries.get(name) if document.root else None
    if entry is not None:
        return Edit(entry.node.span, command)
    return append_line(document.source, f"{name}: {command}")
