"""Writing several files at once: all of them or none, whatever happens, the power cut included.

In: a folder and `FileWrite`s (old bytes, new bytes). Out: the files on disk, or `WriteRefused` and nothing changed.

A journal in the folder names the new files before they are made, and one line appended to it commits them: a run that
is killed before that line leaves every file old, one killed after it is carried on by `recover`. Each file is replaced
by a rename, so that at every moment it is either old or new. Mode, owner, extended attributes and symbolic links stay
(the file that a link leads to is replaced, inside the folder only).
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from firstpush.errors import WriteRefused
from firstpush.fixes.journal import JOURNAL, Journal, Row, digest, recover
from firstpush.model.value import dataclass

__all__ = ["FileWrite", "recover", "write"]


@dataclass(frozen=True, slots=True)
class FileWrite:
    """One file, `path` relative to the folder. `before` None: it must not exist; `after` None: it is deleted."""

    path: str
    before: bytes | None
    after: bytes | None


def write(folder: Path, files: Sequence[FileWrite]) -> None:
    """Make the changes. Raises WriteRefused (nothing is changed then)."""
    files = [file for file in files if file.before != file.after]
    if not files:
        return
    base = Path(os.path.realpath(folder))
    recover(base)
    token = secrets.token_hex(4)
    rows = [_checked(base, file, token) for file in files]
    try:
        with Journal.begin(base, rows) as journal:
            _prepare(rows, files)
            for row, file in zip(rows, files, strict=True):
                _unchanged(row, file)
            journal.commit()
            journal.replace_all()
    except OSError as error:
        raise _refusal(error, base) from error


def _checked(base: Path, file: FileWrite, token: str) -> Row:
    """Where the file really is and what its neighbours will be called."""
    target = Path(os.path.realpath(base / file.path))
    if base not in target.parents:
        raise WriteRefused(
            f"{file.path} leads out of the project, to {target}.",
            why="firstpush writes only below the folder that it was given.",
            next_step="Run it on the folder that holds the file.",
        )
    if target.name == JOURNAL or ".git" in target.relative_to(base).parts:
        raise WriteRefused(f"{file.path} is not a file of the project.")
    row = Row(
        path=file.path,
        target=str(target),
        new=str(target.with_name(f".{target.name}.{token}.firstpush-new")) if file.after is not None else None,
        old=str(target.with_name(f".{target.name}.{token}.firstpush-old")) if file.before is not None else None,
        before=None if file.before is None else digest(file.before),
        after=None if file.after is None else digest(file.after),
    )
    _unchanged(row, file)
    return row


def _unchanged(row: Row, file: FileWrite) -> None:
    """Refuse what is not as it was read."""
    changed = WriteRefused(
        f"{file.path} has changed since it was read; nothing was written.",
        why="A repair is made for the bytes that were checked.",
        next_step="Run the command again.",
    )
    try:
        status = os.stat(row.target)
    except FileNotFoundError:
        if file.before is not None:
            raise changed from None
        return
    except OSError as error:
        raise _refusal(error, Path(row.target)) from error
    if file.before is None or not stat.S_ISREG(status.st_mode):
        raise changed
    if hasattr(os, "statvfs") and os.statvfs(row.target).f_flag & os.ST_RDONLY:
        raise _refusal(OSError(errno.EROFS, os.strerror(errno.EROFS), row.target), Path(row.target))
    if not status.st_mode & 0o222 or not os.access(row.target, os.W_OK):
        raise WriteRefused(
            f"{file.path} is read-only; nothing was written.",
            found=f"Its mode is {stat.S_IMODE(status.st_mode):04o}.",
            next_step=f"Make it writable (chmod u+w {file.path}) or apply the diff by hand.",
        )
    try:
        same = status.st_size == len(file.before) and Path(row.target).read_bytes() == file.before
    except OSError as error:
        raise _refusal(error, Path(row.target)) from error
    if not same:
        raise changed


def _prepare(rows: Sequence[Row], files: Sequence[FileWrite]) -> None:
    """The new files beside the old ones, complete and on disk, and a second name for each old one."""
    for row, file in zip(rows, files, strict=True):
        if row.old is not None:
            try:
                os.link(row.target, row.old)
            except OSError as error:  # no hard links here: a copy serves to roll back
                if error.errno in (errno.ENOSPC, errno.EROFS, errno.EDQUOT):
                    raise
                assert file.before is not None
                _make(row.old, file.before, row.target)
        if row.new is not None:
            assert file.after is not None
            _make(row.new, file.after, row.target if row.before is not None else None)


def _make(path: str, data: bytes, like: str | None) -> None:
    """A new file with these bytes and the mode, owner and attributes of `like`."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        if like is not None:
            _keep(handle, like)
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep(handle: int, like: str) -> None:
    status = os.stat(like)
    mine = os.fstat(handle)
    if hasattr(os, "fchown") and (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.fchown(handle, status.st_uid, status.st_gid)
        except PermissionError:
            raise WriteRefused(
                f"{os.path.basename(like)} belongs to another user; nothing was written.",
                why="The repaired file would belong to you.",
                next_step="Run firstpush as its owner, or apply the diff by hand.",
            ) from None
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
    for name, value in _attributes(like):
        with contextlib.suppress(OSError):  # security labels are set by the system
            os.setxattr(handle, name, value)


def _attributes(path: str) -> Iterator[tuple[str, bytes]]:
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in os.listxattr(path):
            yield name, os.getxattr(path, name)


_REASONS = {
    errno.ENOSPC: ("The disk is full", "Free some space and run the command again."),
    errno.EDQUOT: ("The disk quota is used up", "Free some space and run the command again."),
    errno.EROFS: ("The file system is read-only", "Apply the diff where the project can be written."),
    errno.EACCES: ("The folder may not be written", "Run firstpush as a user who may, or apply the diff by hand."),
    errno.EPERM: ("The system does not allow the change", "Run firstpush as the files' owner."),
}


def _refusal(error: OSError, where: Path) -> WriteRefused:
    reason, next_step = _REASONS.get(
        error.errno or 0, (error.strerror or str(error), "See the system's message above.")
    )
    return WriteRefused(
        f"{reason}; nothing was written.",
        found=f"{error.filename or where}: {error.strerror or error}",
        next_step=next_step,
    )
