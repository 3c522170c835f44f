"""Deleting from and inserting into comma-separated sequences (arrays, objects, inline tables), whatever the format.

The offsets of a container and of its elements go in, edits come out. Elements that stand on lines of their own are
removed and added as lines; others within their line. The trailing comma stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.syntax.edit import indentation, line_end, line_ending, line_start, next_line

_SKIP = {
    "#": re.compile(rb"(?:[ \t\r\n]++|#[^\n]*+)*+"),
    "//": re.compile(rb"(?:[ \t\r\n]++|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+"),
    "": re.compile(rb"[ \t\r\n]*+"),
}


@dataclass(frozen=True, slots=True)
class Container:
    """`start`/`end`: with the brackets; `elements`: start and end of each; `comment`: how a comment begins (`#`, `//`
    or nothing)."""

    path: str
    data: bytes
    start: int
    end: int
    elements: Sequence[tuple[int, int]]
    comment: str

    def comma_after(self, index: int) -> int | None:
        """Where the comma after an element is."""
        found = _SKIP[self.comment].match(self.data, self.elements[index][1])
        at = found.end() if found else self.elements[index][1]
        return at if self.data[at : at + 1] == b"," else None

    def own_lines(self, index: int) -> bool:
        """No other element, and no bracket, shares a line with this one."""
        start, end = self.elements[index]
        first, last = line_start(self.data, start), line_end(self.data, end)
        if self.start >= first or self.end - 1 <= last:
            return False
        return all(
            not (first <= a <= last or first < b <= last) for n, (a, b) in enumerate(self.elements) if n != index
        )

    def delete(self, index: int) -> list[Edit]:
        """The edits that take an element out."""
        start, end = self.elements[index]
        comma = self.comma_after(index)
        last = index == len(self.elements) - 1
        if self.own_lines(index) and (comma is None or comma <= line_end(self.data, end)):
            first = line_start(self.data, start)
            edits = [self.edit(first, next_line(self.data, end), "")]
            before = self.comma_after(index - 1) if last and index else None
            if before is not None and comma is None:
                edits.insert(0, self.edit(before, before + 1, ""))
            return edits
        if not last:
            return [self.edit(start, self.elements[index + 1][0], "")]
        if index:
            before = self.comma_after(index - 1)
            edge = self.elements[index - 1][1]
            if before is not None and before > edge and self.comment and self.data[edge:before].strip():
                return [self.edit(before, before + 1, ""), self.edit(start, end, "")]  # keep the comment between
            return [self.edit(edge, end, "")]
        return [self.edit(start, end if comma is None else comma + 1, "")]

    def insert(self, index: int, text: str) -> list[Edit]:
        """The edits that put `text` before element `index` (at the end: their number)."""
        data = self.data
        if not self.elements:
            return [self.edit(self.start + 1, self.start + 1, text)]
        ending = line_ending(data)
        if index < len(self.elements):
            at = self.elements[index][0]
            between = f",{ending}{indentation(data, at)}" if self.own_lines(index) else ", "
            return [self.edit(at, at, text + between)]
        end = self.elements[-1][1]
        comma = self.comma_after(len(self.elements) - 1)
        if not self.own_lines(len(self.elements) - 1):
            return [self.edit(end, end, ", " + text)] if comma is None else [self.edit(comma, comma, ", " + text)]
        indent = indentation(data, self.elements[-1][0])
        if comma is not None:
            at = line_end(data, comma)
            return [self.edit(at, at, f"{ending}{indent}{text},")]
        at = line_end(data, end)
        if at == end:
            return [self.edit(end, end, f",{ending}{indent}{text}")]
        return [self.edit(end, end, ","), self.edit(at, at, f"{ending}{indent}{text}")]

    def edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(Span(self.path, start, end), text)
