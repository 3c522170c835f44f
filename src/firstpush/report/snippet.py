"""Source lines with marks under them: a `Source` and marks go in, lines of text come out.

Handles several marks on a line, marks over several lines, tabs, wide characters, long lines (cut around the marks),
CRLF and files without a final newline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.report.style import Style
from firstpush.report.width import cells, to_ascii, width_of, wrap
from firstpush.syntax.source import Source

LINES_OF_A_LONG_MARK = 3  # of a mark over many lines, these at each end are shown
ROOM_BEFORE = 12  # characters kept in front of a mark on a line that is cut


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to mark and what to say about it. `role`: its colour."""

    span: Span
    text: str = ""
    primary: bool = True
    role: str = "error"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A mark's part on one line: character columns from `start` to `end` (0-based, exclusive)."""

    start: int
    end: int
    mark: Mark
    first: bool
    last: bool


def snippet(source: Source, marks: Sequence[Mark], style: Style, head: str = "") -> list[str]:
    """The lines, each with a gutter; `head`: what stands on the first. All marks are in this file."""
    pieces: dict[int, list[_Piece]] = {}
    for mark in marks:
        for line, piece in _pieces(source, mark):
            pieces.setdefault(line, []).append(piece)
    if not pieces:
        return []
    shown = sorted({*pieces, *_context(source, pieces)})
    gutter = len(str(shown[-1]))
    bar = style.paint(style.sign("bar"), "frame")
    blank = f"{' ' * gutter} {bar}"
    room = max(20, style.width - gutter - 4)
    lines = [f"{' ' * gutter} {style.paint(style.sign('arrow'), 'frame')} {head}"] if head else []
    lines.append(blank)
    previous = shown[0] - 1
    for number in shown:
        if number > previous + 1:
            lines.append(f"{' ' * gutter} {style.paint(style.sign('gap'), 'frame')}")
        previous = number
        text, below = _line(source, number, pieces.get(number, []), style, room)
        lines.append(f"{style.paint(str(number).rjust(gutter), 'frame')} {bar} {text}".rstrip())
        lines += [f"{blank} {row}".rstrip() for row in below]
    return lines


def _context(source: Source, lines: Iterable[int]) -> list[int]:
    """The line before each, unless it is blank."""
    return [line - 1 for line in lines if line > 1 and source.line_bytes(line - 1).strip()]


def _pieces(source: Source, mark: Mark) -> list[tuple[int, _Piece]]:
    """A mark cut into its lines; the middle of a long one is left out."""
    start, end = source.position(mark.span.start), source.position(mark.span.end)
    last_line, last_column = end.line, end.column - 1
    if last_line > start.line and last_column == 0:  # ends with a line break: that belongs to the line before
        last_line -= 1
        last_column = len(source.line_text(last_line))
    found = []
    for line in range(start.line, last_line + 1):
        if last_line - start.line > 2 * LINES_OF_A_LONG_MARK and (
            start.line + LINES_OF_A_LONG_MARK <= line <= last_line - LINES_OF_A_LONG_MARK
        ):
            continue
        text = source.line_text(line)
        indent = len(text) - len(text.lstrip())
        left = start.column - 1 if line == start.line else indent
        right = last_column if line == last_line else len(text)
        if line not in (start.line, last_line) and right <= left:
            continue
        left = min(left, len(text))
        right = max(right, left + 1)
        found.append((line, _Piece(left, right, mark, line == start.line, line == last_line)))
    return found


def _line(source: Source, number: int, pieces: list[_Piece], style: Style, room: int) -> tuple[str, list[str]]:
    """One source line as shown, and the rows below it."""
    text = source.line_text(number)
    shown = cells(text)
    if not style.unicode:
        shown = [to_ascii(cell) for cell in shown]
    widths = [width_of(cell) for cell in shown]
    low, high = _window(widths, pieces, room)
    cut = style.sign("cut")
    front = cut if low > 0 else ""
    body = front + "".join(shown[low:high]) + (cut if high < len(shown) else "")
    offsets = [len(front)]
    for width in widths[low:high]:
        offsets.append(offsets[-1] + width)

    def column(character: int) -> int:
        if character <= high:
            return offsets[max(0, character - low)]
        return offsets[-1] + (character - high if high == len(shown) else 0)

    return body, _rows(pieces, column, style, room)


def _window(widths: list[int], pieces: list[_Piece], room: int) -> tuple[int, int]:
    """Which characters of a line to show so that it fits: all, or those around its first mark."""
    if sum(widths) <= room:
        return 0, len(widths)
    low = 0
    if pieces:
        first = min(piece.start for piece in pieces)
        last = max(piece.end for piece in pieces)
        if sum(widths[:last]) > room - 3:
            low = max(0, min(first - ROOM_BEFORE, len(widths) - 1))
    used, high = 3 if low else 0, low
    while high < len(widths) and used + widths[high] <= room - 3:
        used += widths[high]
        high += 1
    if high == len(widths):  # there is room at the front
        while low > 0 and used + widths[low - 1] <= room - 3:
            low -= 1
            used += widths[low]
    return low, high


def _rows(pieces: list[_Piece], column: Callable[[int], int], style: Style, room: int) -> list[str]:
    """The underlines, then the texts: the rightmost beside its underline where it fits, the others below."""
    if not pieces:
        return []
    under: list[tuple[str, str]] = []  # character, role

    def draw(start: int, end: int, sign: str, role: str) -> None:
        while len(under) < end:
            under.append((" ", ""))
        for index in range(start, end):
            under[index] = (sign, role)

    for piece in sorted(pieces, key=lambda piece: piece.mark.primary):  # the primary mark is drawn over the others
        start = min(column(piece.start), room)
        end = min(max(column(piece.end), start + 1), room + 1)
        draw(start, end, style.sign("primary" if piece.mark.primary else "related"), piece.mark.role)
    underline = _painted(under, style)
    texts = sorted(
        ((column(piece.start), column(piece.end), piece.mark) for piece in pieces if piece.last and piece.mark.text),
        key=lambda text: (text[0], text[1]),
    )
    rows = [underline]
    if texts:
        _, _, mark = texts[-1]
        label = mark.text if style.unicode else to_ascii(mark.text)
        if "\n" not in label and len(under) + 1 + width_of(label) <= room:
            rows[0] += " " + style.paint(label, mark.role)
            texts.pop()
    for start, _, mark in reversed(texts):
        label = mark.text if style.unicode else to_ascii(mark.text)
        tail = style.sign("end") + " " if style.unicode else ""
        start = min(start, max(0, room - len(tail) - min(width_of(label), 40)))
        wrapped = wrap(label, max(20, room - start - len(tail)))
        for index, part in enumerate(wrapped):
            rows.append(" " * start + style.paint((tail if index == 0 else " " * len(tail)) + part, mark.role))
    return rows


def _painted(row: list[tuple[str, str]], style: Style) -> str:
    """A row with one colour code for each run of a role."""
    parts: list[str] = []
    at = 0
    while at < len(row):
        end = at
        while end < len(row) and row[end][1] == row[at][1]:
            end += 1
        text = "".join(sign for sign, _ in row[at:end])
        role = row[at][1]
        parts.append(style.paint(text, role) if role else text)
        at = end
    return "".join(parts).rstrip()
