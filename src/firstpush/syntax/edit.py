"""Applying edits: the bytes of a file and `Edit`s go in, the new bytes come out. Only the bytes of the spans change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span


class Overlap(Exception):
    """Two edits touch the same bytes (or insert different texts at the same place): no order would be right."""

    def __init__(self, first: Edit, second: Edit) -> None:
        super().__init__(f"edits overlap in {first.span.path} at byte {second.span.start}")
        self.first = first
        self.second = second


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits of one file in the order of their place; identical ones once. Raises Overlap."""
    unique = sorted(set(edits), key=lambda edit: (edit.span.start, edit.span.end, edit.text))
    for before, after in pairwise(unique):
        same_place = before.span.start == after.span.start and before.span.end == before.span.start == after.span.end
        if after.span.start < before.span.end or same_place:
            raise Overlap(before, after)
    return tuple(unique)


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """`data` with the edits made. An insertion at the edge of a replaced span stays outside of it. Raises Overlap, and
    ValueError for a span beyond the end."""
    parts: list[bytes] = []
    at = 0
    for edit in ordered(edits):
        if edit.span.end > len(data):
            raise ValueError(f"span beyond the end of {edit.span.path}")
        parts += (data[at : edit.span.start], edit.text.encode("utf-8"))
        at = edit.span.end
    parts.append(data[at:])
    return b"".join(parts)


def by_path(edits: Iterable[Edit]) -> Mapping[str, tuple[Edit, ...]]:
    """Edits by file, each file's in order. Raises Overlap."""
    files: dict[str, list[Edit]] = {}
    for edit in edits:
        files.setdefault(edit.span.path, []).append(edit)
    return {path: ordered(group) for path, group in sorted(files.items())}


def line_ending(data: bytes) -> str:
    """The file's line ending: that of its first line (`\\n` where there is none)."""
    at = data.find(b"\n")
    return "\r\n" if at > 0 and data[at - 1 : at] == b"\r" else "\n"


def line_start(data: bytes, at: int) -> int:
    """Where the line of the offset `at` begins (after a BOM)."""
    start = data.rfind(b"\n", 0, at) + 1
    return 3 if start == 0 and data.startswith(b"\xef\xbb\xbf") else start


def line_end(data: bytes, at: int) -> int:
    """Where the text of the line of `at` ends, before its line ending."""
    end = data.find(b"\n", at)
    if end < 0:
        return len(data)
    return end - 1 if end > at and data[end - 1 : end] == b"\r" else end


def next_line(data: bytes, at: int) -> int:
    """Where the line after that of `at` begins (the file's end if there is none)."""
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end + 1


def indentation(data: bytes, at: int) -> str:
    """The blanks that the line of `at` begins with."""
    start = line_start(data, at)
    end = start
    while end < len(data) and data[end] in b" \t":
        end += 1
    return data[start:end].decode("ascii")


def delete_lines(path: str, data: bytes, start: int, end: int) -> Edit:
    """Delete the lines from that of `start` to that of the byte before `end`, whole. A file without a final newline
    stays without one; a blank line on both sides becomes one."""
    first = line_start(data, start)
    last = next_line(data, max(end - 1, start))
    blank_before = first == line_start(data, 0) or not data[line_start(data, first - 1) : first].strip()
    if blank_before:
        while last < len(data) and not data[last : next_line(data, last)].strip():
            last = next_line(data, last)
    if last == len(data) and blank_before and data.endswith(b"\n"):
        while first > line_start(data, 0) and not data[line_start(data, first - 1) : first].strip():
            first = line_start(data, first - 1)
    if last == len(data) and not data.endswith(b"\n") and first > line_start(data, 0):
        first -= 2 if data[first - 2 : first] == b"\r\n" else 1
    return Edit(Span(path, first, last), "")


def append_lines(path: str, data: bytes, lines: Iterable[str], *, blank_before: bool = False) -> Edit:
    """Add lines at the file's end, with the file's line ending; a file without a final newline stays without one."""
    ending = line_ending(data)
    text = ending.join(lines)
    at = len(data)
    empty = at == line_start(data, 0)
    if empty or data.endswith(b"\n"):
        lead = ending if blank_before and not empty and not data.endswith((b"\n\n", b"\n\r\n")) else ""
        return Edit(Span(path, at, at), lead + text + ending)
    return Edit(Span(path, at, at), ending * (2 if blank_before else 1) + text)
