"""A file's bytes and the way from byte offsets to lines and columns (1-based; columns count Unicode characters)."""

from __future__ import annotations

from bisect import bisect_right

from firstpush.model.value import dataclass

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Position:
    """1-based line and column (in Unicode characters)."""

    line: int
    column: int


class Source:
    """The bytes of one file. `path` is relative to the checked folder, with `/`."""

    __slots__ = ("_line_starts", "data", "path")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._line_starts: list[int] | None = None

    @property
    def has_bom(self) -> bool:
        return self.data.startswith(BOM)

    def decoded(self) -> str:
        """The text without a BOM. Raises UnicodeDecodeError when the file is not UTF-8."""
        return (self.data[3:] if self.has_bom else self.data).decode("utf-8")

    def encoding_error(self) -> UnicodeDecodeError | None:
        """What makes the file not UTF-8, or None."""
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            return error
        return None

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            starts = [0]
            find = self.data.find
            at = find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = find(b"\n", at + 1)
            self._line_starts = starts
        return self._line_starts

    @property
    def line_count(self) -> int:
        return len(self._starts())

    def position(self, offset: int) -> Position:
        """Line and column of a byte offset; a BOM at the file's start takes no column."""
        starts = self._starts()
        offset = min(offset, len(self.data))
        line = bisect_right(starts, offset) - 1
        start = starts[line]
        if line == 0 and self.has_bom:
            start = min(3, offset)
        return Position(line + 1, len(self.data[start:offset].decode("utf-8", "replace")) + 1)

    def offset_of(self, line: int, column: int) -> int:
        """The byte offset of a 1-based line and column (clamped to the file)."""
        starts = self._starts()
        start = starts[min(max(line, 1), len(starts)) - 1]
        if line == 1 and self.has_bom:
            start = 3
        end = self.data.find(b"\n", start)
        text = self.data[start : len(self.data) if end < 0 else end + 1].decode("utf-8", "replace")
        return min(start + len(text[: max(column, 1) - 1].encode("utf-8")), len(self.data))

    def character_end(self, offset: int) -> int:
        """The offset after the character that starts at `offset`."""
        end = min(offset + 1, len(self.data))
        while end < len(self.data) and self.data[end] & 0xC0 == 0x80:
            end += 1
        return end

    def line_bytes(self, line: int) -> bytes:
        """The bytes of a 1-based line without its line ending (and without a BOM)."""
        starts = self._starts()
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(self.data)
        data = self.data[start:end]
        if line == 1 and self.has_bom:
            data = data[3:]
        return data.rstrip(b"\r\n")

    def line_text(self, line: int) -> str:
        return self.line_bytes(line).decode("utf-8", "replace")
