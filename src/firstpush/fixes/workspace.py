"""A project with edits on top of edits, and what they come to in terms of the files on disk.

In: a `ProjectTree` and, step by step, edits of the files as they are after the steps before. Out: the edited tree to
judge, and the whole as edits of the original bytes (`Fix`) or as files to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from firstpush.fixes.write import FileWrite
from firstpush.model.diagnostic import Edit, FileChange
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.project.tree import ProjectTree
from firstpush.syntax.edit import by_path


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `start` to `end` of the original file, or (`text` given) new bytes."""

    start: int
    end: int
    text: bytes | None = None

    @property
    def length(self) -> int:
        return self.end - self.start if self.text is None else len(self.text)


Pieces = tuple[Piece, ...]


def edit_pieces(pieces: Pieces, edits: Iterable[Edit]) -> Pieces:
    """The pieces after edits whose spans count in the text that the pieces make. The edits are in order."""
    result: list[Piece] = []
    at = 0
    rest = list(pieces)

    def take(until: int, keep: bool) -> None:
        nonlocal at
        while rest and at < until:
            piece = rest.pop(0)
            if at + piece.length > until:
                cut = until - at
                if piece.text is None:
                    rest.insert(0, Piece(piece.start + cut, piece.end))
                    piece = Piece(piece.start, piece.start + cut)
                else:
                    rest.insert(0, Piece(piece.start, piece.end, piece.text[cut:]))
                    piece = Piece(piece.start, piece.end, piece.text[:cut])
            at += piece.length
            if keep:
                result.append(piece)

    for edit in edits:
        take(edit.span.start, keep=True)
        take(edit.span.end, keep=False)
        if edit.text:
            result.append(Piece(0, 0, edit.text.encode("utf-8")))
    take(at + sum(piece.length for piece in rest), keep=True)
    return tuple(result)


def joined(pieces: Pieces, data: bytes) -> bytes:
    """The text that the pieces make out of the original bytes."""
    return b"".join(data[piece.start : piece.end] if piece.text is None else piece.text for piece in pieces)


def as_edits(path: str, pieces: Pieces, size: int) -> tuple[Edit, ...]:
    """The pieces as edits of the original file of `size` bytes."""
    edits: list[Edit] = []
    at = 0
    text = b""
    for piece in (*pieces, Piece(size, size)):
        if piece.text is not None:
            text += piece.text
            continue
        if piece.start > at or text:
            edits.append(Edit(Span(path, at, piece.start), text.decode("utf-8")))
            text = b""
        at = piece.end
    return tuple(edits)


@dataclass(frozen=True, slots=True)
class Workspace:
    """`original`: as on disk; `pieces`: of every edited file; `whole`: files made, replaced or (None) deleted."""

    original: ProjectTree
    tree: ProjectTree
    pieces: Mapping[str, Pieces] = field(default_factory=dict)
    whole: Mapping[str, bytes | None] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ProjectTree) -> Workspace:
        return cls(tree, tree)

    def edited(self, edits: Iterable[Edit], files: Iterable[FileChange] = ()) -> Workspace:
        """With these edits made. Raises Overlap, and KeyError for a file that is not there."""
        pieces = dict(self.pieces)
        whole = dict(self.whole)
        overrides: dict[str, bytes | None] = {}
        for path, group in by_path(edits).items():
            source = self.tree.source(path)
            if source is None:
                raise KeyError(path)
            made = whole.get(path)
            if made is not None:
                new = joined(edit_pieces((Piece(0, len(made)),), group), made)
                whole[path] = overrides[path] = new
                continue
            before = self.original.source(path)
            assert before is not None
            pieces[path] = edit_pieces(pieces.get(path, (Piece(0, len(before.data)),)), group)
            overrides[path] = joined(pieces[path], before.data)
        for change in files:
            content = None if change.content is None else change.content.encode("utf-8")
            pieces.pop(change.path, None)
            whole[change.path] = overrides[change.path] = content
        return Workspace(self.original, self.tree.edited(overrides), pieces, whole)

    def edits(self) -> tuple[Edit, ...]:
        """All edits, in terms of the original files."""
        found: list[Edit] = []
        for path in sorted(self.pieces):
            before = self.original.source(path)
            assert before is not None
            found += as_edits(path, self.pieces[path], len(before.data))
        return tuple(found)

    def files(self) -> tuple[FileChange, ...]:
        """Files made or deleted."""
        return tuple(
            FileChange(path, None if data is None else data.decode("utf-8"))
            for path, data in sorted(self.whole.items())
            if data is not None or self.original.exists(path)
        )

    def writes(self) -> tuple[FileWrite, ...]:
        """What is to be written, with what was read."""
        found = []
        for path in sorted({*self.pieces, *self.whole}):
            before = self.original.source(path) if self.original.exists(path) else None
            after = self.tree.source(path) if self.tree.exists(path) else None
            found.append(
                FileWrite(path, None if before is None else before.data, None if after is None else after.data)
            )
        return tuple(each for each in found if each.before != each.after)
