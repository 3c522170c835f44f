"""The journal of a write: which files are being replaced, and whether that was decided.

In: the rows of a write. Out: a file `.firstpush-journal` in the folder, locked while the write goes on, gone after it.
Its first line names all files; a second line, `committed`, is appended (and on disk) before the first file is replaced.
`recover` finishes what a killed run left behind: committed changes are completed, others taken back.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from firstpush.errors import WriteRefused
from firstpush.model.value import dataclass

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

JOURNAL = ".firstpush-journal"
COMMITTED = b"committed\n"
TAKEN_BACK = b"taken back\n"


def digest(data: bytes) -> str:
    """How the journal recognises the content of a file."""
    return sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """One file of a write. `new`: the prepared content; `old`: a second name of the old content, to roll back with;
    `before`/`after`: digests, None for a file that is not there."""

    path: str
    target: str
    new: str | None
    old: str | None
    before: str | None
    after: str | None


class Journal:
    """An open, locked journal. Leaving it without an error removes it and all that it names."""

    def __init__(self, path: str, handle: int, rows: Sequence[Row]) -> None:
        self.path = path
        self.handle = handle
        self.rows = rows

    @classmethod
    def begin(cls, base: Path, rows: Sequence[Row]) -> Journal:
        """Make the journal. Raises WriteRefused when another run holds one, OSError."""
        path = str(base / JOURNAL)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise _busy(path) from None
        journal = cls(path, handle, rows)
        try:
            if not _lock(handle):
                raise _busy(path)
            _write_all(handle, json.dumps([asdict(row) for row in rows]).encode() + b"\n")
            os.fsync(handle)
            _sync_folder(str(base))
        except BaseException:
            journal.close()
            raise
        return journal

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            with contextlib.suppress(OSError):
                _write_all(self.handle, TAKEN_BACK)
            roll_back(self.rows)
        self.close()

    def commit(self) -> None:
        """From here on the new content counts."""
        for folder in {os.path.dirname(row.target) for row in self.rows}:
            _sync_folder(folder)
        _write_all(self.handle, COMMITTED)
        os.fsync(self.handle)

    def replace_all(self) -> None:
        """Old files become new ones. Raises OSError; the caller's `with` takes everything back then."""
        for row in self.rows:
            if row.new is None:
                os.unlink(row.target)
            elif row.before is None:
                _create(row.new, row.target)
            else:
                os.replace(row.new, row.target)
        for folder in {os.path.dirname(row.target) for row in self.rows}:
            _sync_folder(folder)

    def close(self) -> None:
        """Remove what the write made beside the files, then the journal itself, then unlock. What cannot be removed
        now is left to the next run's `recover`: the files themselves are right already."""
        removed = [_remove(path) for row in self.rows for path in (row.new, row.old) if path is not None]
        if all(removed):
            _remove(self.path)
        os.close(self.handle)


def roll_back(rows: Sequence[Row]) -> None:
    """Every file as it was before."""
    for row in rows:
        if row.old is not None and os.path.exists(row.old):
            if _digest_of(row.target) in (row.after, None):
                os.replace(row.old, row.target)
        elif row.before is None and row.after is not None and _digest_of(row.target) == row.after:
            _remove(row.target)


def recover(base: Path) -> tuple[str, ...]:
    """Finish what a killed run left in a folder; the paths that were completed. Raises WriteRefused when another run is
    at work."""
    path = str(base / JOURNAL)
    try:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise WriteRefused(f"The journal of an interrupted write cannot be read: {path}", found=str(error)) from error
    if not _lock(handle):
        os.close(handle)
        raise _busy(path)
    with os.fdopen(os.dup(handle), "rb") as file:
        lines = file.read().splitlines(keepends=True)
    rows = _rows(lines, base)
    completed: list[str] = []
    journal = Journal(path, handle, rows)
    if lines[1:] == [COMMITTED]:
        completed += [row.path for row in rows if _complete(row)]
    journal.close()
    return tuple(completed)


def _complete(row: Row) -> bool:
    """Replace one file if that is still to be done; a file that somebody changed meanwhile is left alone."""
    if _digest_of(row.target) != row.before:
        return False
    if row.new is None:
        _remove(row.target)
        return True
    if _digest_of(row.new) != row.after:
        return False
    if row.before is None:
        _create(row.new, row.target)
    else:
        os.replace(row.new, row.target)
    return True


def _create(new: str, target: str) -> None:
    """Give a prepared file its name, but never take that of a file that appeared meanwhile."""
    try:
        os.link(new, target)
    except FileExistsError:
        raise
    except OSError:  # no hard links here
        os.replace(new, target)


def _rows(lines: list[bytes], base: Path) -> list[Row]:
    """The rows of a journal; none of one that was cut off, and none that lead out of the folder."""
    if not lines or not lines[0].endswith(b"\n"):
        return []
    try:
        rows = [Row(**row) for row in json.loads(lines[0])]
    except (ValueError, TypeError):
        return []
    return [row for row in rows if _is_ours(row, str(base) + os.sep)]


def _is_ours(row: Row, prefix: str) -> bool:
    """A journal may come with a repository that somebody else made: what it names must lie below the folder and not in
    `.git`, and a new file must lie beside its target under a name that only we give. So it can do no more than the
    repository itself could by holding other files."""
    folder = os.path.dirname(row.target)
    if not (os.path.realpath(folder) + os.sep).startswith(prefix) or ".git" in row.target.split(os.sep):
        return False
    beside = re.escape(os.path.join(folder, f".{os.path.basename(row.target)}."))
    return all(
        name is None or re.fullmatch(beside + r"[0-9a-f]{8}\.firstpush-" + kind, name)
        for name, kind in ((row.new, "new"), (row.old, "old"))
    )


def _digest_of(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return digest(file.read())
    except OSError:
        return None


def _busy(path: str) -> WriteRefused:
    return WriteRefused(
        "Another firstpush is writing in this folder; nothing was written.",
        found=path,
        next_step="Wait for it to end and run the command again.",
    )


def _lock(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: str) -> None:
    """Make renames last through a power cut, where folders can be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(path: str) -> bool:
    """Whether the file is gone."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
