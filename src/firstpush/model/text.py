"""Places in files: `Span`, and `SpannedText`, a decoded text which knows the bytes that every character came from.

A shell command inside a TOML or JSON string has other characters than the file (escapes, line endings, a trimmed first
newline). `SpannedText` keeps the exact map from each decoded character to its bytes, through any number of embeddings
(a `bash -c '…'` inside a JSON string inside a file), so that a caret can stand under one word. Positions are never
found by searching text.
"""

from __future__ import annotations

from array import array

from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes `start` to `end` (exclusive) of the file `path` (relative to the checked folder, with `/`)."""

    path: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start} to {self.end}")

    def contains(self, other: Span) -> bool:
        return self.path == other.path and self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.path == other.path and self.start < other.end and other.start < self.end


class SpannedText:
    """A text and, where it comes from a file, the byte range of each of its characters.

    `starts`/`ends` are `None` for the common case that character i is byte `base + i`.
    """

    __slots__ = ("_ends", "_starts", "base", "path", "text")

    def __init__(
        self,
        text: str,
        path: str | None = None,
        base: int = 0,
        starts: array[int] | None = None,
        ends: array[int] | None = None,
    ) -> None:
        self.text = text
        self.path = path
        self.base = base
        self._starts = starts
        self._ends = ends

    @classmethod
    def verbatim(cls, text: str, path: str, base: int) -> SpannedText:
        """`text` stands in the file as it is, encoded in UTF-8, from byte `base` on."""
        if text.isascii():
            return cls(text, path, base)
        builder = SpannedTextBuilder(path)
        builder.verbatim(text, base)
        return builder.build()

    def span(self, start: int = 0, end: int | None = None) -> Span | None:
        """The bytes that characters `start` to `end` were decoded from; `None` when the text is in no file."""
        if self.path is None:
            return None
        end = len(self.text) if end is None else end
        if self._starts is None or self._ends is None:
            return Span(self.path, self.base + start, self.base + end)
        if not self.text:
            return Span(self.path, self.base, self.base)
        if start >= end:
            at = self._starts[start] if start < len(self._starts) else self._ends[-1]
            return Span(self.path, at, at)
        return Span(self.path, self._starts[start], self._ends[end - 1])

    def slice(self, start: int, end: int) -> SpannedText:
        """The same text, cut; keeps its map."""
        if self._starts is None or self._ends is None:
            return SpannedText(self.text[start:end], self.path, self.base + start)
        at = self.span(start, start)
        base = at.start if at is not None else 0
        return SpannedText(self.text[start:end], self.path, base, self._starts[start:end], self._ends[start:end])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"SpannedText({self.text!r}, {self.span()})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SpannedText) and (self.text, self.span()) == (other.text, other.span())

    def __hash__(self) -> int:
        return hash((self.text, self.span()))


class SpannedTextBuilder:
    """Puts a `SpannedText` together piece by piece; all pieces come from one file (or from none)."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._parts: list[str] = []
        self._starts: array[int] = array("q")
        self._ends: array[int] = array("q")

    def verbatim(self, text: str, start: int) -> None:
        """Add characters that stand in the file as they are (UTF-8), from byte `start` on."""
        self._parts.append(text)
        at = start
        for character in text:
            code = ord(character)
            width = 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4
            self._starts.append(at)
            at += width
            self._ends.append(at)

    def mapped(self, text: str, start: int, end: int) -> None:
        """Add characters that all stand for the bytes `start` to `end` (an escape, an expansion)."""
        self._parts.append(text)
        for _ in text:
            self._starts.append(start)
            self._ends.append(end)

    def copied(self, other: SpannedText, start: int, end: int) -> None:
        """Add characters `start` to `end` of another text of the same file."""
        if self._path is None or other.path is None:
            self.mapped(other.text[start:end], 0, 0)
            return
        self._parts.append(other.text[start:end])
        for index in range(start, end):
            span = other.span(index, index + 1)
            assert span is not None
            self._starts.append(span.start)
            self._ends.append(span.end)

    def build(self, base: int | None = None) -> SpannedText:
        """`base`: where an empty text stands."""
        text = "".join(self._parts)
        if self._path is None:
            return SpannedText(text)
        if not text:
            return SpannedText("", self._path, base or 0)
        return SpannedText(text, self._path, self._starts[0], self._starts, self._ends)
