"""The project's files as the platform gets them, as a tar stream, with a hash for each.

In: the deployed folder. Out: `Sources`. In a Git checkout: tracked files and new ones that are not ignored; elsewhere
everything but caches and virtual environments. A hostile checkout can neither run something here (Git is called with
its hooks and file watchers off) nor get a file of this machine into the sandbox (no link is followed on the way).
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from firstpush.project.tree import SKIPPED_FOLDERS

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false")
_MAX_TOTAL = 2 << 30


@dataclass(frozen=True, slots=True)
class Sources:
    """`tar`: the stream; `hashes`: path → SHA-256 of its content (`link:` and its target for a link), sorted."""

    tar: bytes
    hashes: dict[str, str]

    def only(self, wanted: Sequence[str]) -> bytes:
        """The stream with just these files and folders."""
        stream = io.BytesIO()
        names = tuple(name.strip("/") for name in wanted)
        with (
            tarfile.open(fileobj=io.BytesIO(self.tar)) as whole,
            tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as part,
        ):
            for info in whole:
                if any(info.name == name or info.name.startswith(f"{name}/") for name in names):
                    part.addfile(info, whole.extractfile(info) if info.isreg() else None)
        return stream.getvalue()

    def listing(self, folder: str) -> str:
        """A hash of the names in a folder (`.` is the root), as far as they are sources."""
        inner = folder.strip("/")
        prefix = "" if inner in (".", "") else f"{inner}/"
        names = {path[len(prefix) :].split("/")[0] for path in self.hashes if path.startswith(prefix)}
        return hashlib.sha256("\0".join(sorted(names)).encode("utf-8", "surrogateescape")).hexdigest()


def collect(folder: Path, *, unix_lines: bool = False) -> Sources:
    """`unix_lines`: CRLF becomes LF in text files, as Nixpacks does when it copies the app."""
    hashes: dict[str, str] = {}
    stream = io.BytesIO()
    root = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    total = 0
    try:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path in names(folder):
                entry = _entry(root, path, unix_lines)
                if entry is None:
                    continue
                info, data = entry
                total += len(data)
                if total > _MAX_TOTAL:
                    raise ValueError(f"the project's files are larger than {_MAX_TOTAL >> 30} GiB")
                archive.addfile(info, io.BytesIO(data) if info.isreg() else None)
                hashes[path] = f"link:{info.linkname}" if info.issym() else hashlib.sha256(data).hexdigest()
    finally:
        os.close(root)
    return Sources(stream.getvalue(), dict(sorted(hashes.items())))


def names(folder: Path) -> list[str]:
    """Relative paths, with `/`."""
    listed = _from_git(folder)  # nothing: the folder itself is ignored by a repository around it
    return sorted(listed or _from_disk(folder))


def _from_git(folder: Path) -> list[str] | None:
    if not any((parent / ".git").exists() for parent in (folder, *folder.resolve().parents)):
        return None
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    argv = [*_GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."]
    try:
        done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return list(dict.fromkeys(os.fsdecode(name) for name in done.stdout.split(b"\0") if name))


def _from_disk(folder: Path) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if name not in SKIPPED_FOLDERS and not os.path.exists(os.path.join(path, name, "pyvenv.cfg"))
        ]
        links = [name for name in folders if os.path.islink(os.path.join(path, name))]
        for name in [*files, *links]:
            yield os.path.relpath(os.path.join(path, name), folder)


def _entry(root: int, path: str, unix_lines: bool) -> tuple[tarfile.TarInfo, bytes] | None:
    """None for what cannot be sent: a device, a path through a link, a file that is gone."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        return None
    held: list[int] = []
    try:
        parent = root
        for part in parts[:-1]:
            parent = os.open(part, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY, dir_fd=parent)
            held.append(parent)
        status = os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)
        info = tarfile.TarInfo(path)
        info.mtime = int(status.st_mtime)
        if stat.S_ISLNK(status.st_mode):
            info.type, info.linkname = tarfile.SYMTYPE, os.readlink(parts[-1], dir_fd=parent)
            return info, b""
        if not stat.S_ISREG(status.st_mode):
            return None
        with os.fdopen(os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent), "rb") as file:
            data = file.read()
        if unix_lines and b"\r\n" in data and b"\0" not in data[:8192]:
            data = data.replace(b"\r\n", b"\n")
        info.mode = 0o755 if status.st_mode & 0o100 else 0o644
        info.size = len(data)
        return info, data
    except OSError:
        return None
    finally:
        for fd in held:
            os.close(fd)
