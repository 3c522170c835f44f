"""The cache folder: layers, index files. Layers are built aside and renamed, so that a broken one never appears.

A cached layer is only ever read by a sandbox (overlay lowers). The folder is the user's alone (0700).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import subprocess
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from firstpush.errors import CannotRehearse
from firstpush.rehearsal.sandbox.box import replica_uid

_MOST = 8.0  # GiB of layers that are kept; FIRSTPUSH_CACHE_GIB says another number
_SAFE_AGE = 7200.0  # seconds after which nobody can still be using a layer
LAYOUT = 7  # raise it when the content of layers changes: old ones are then not found


class Cache:
    """`root`: the folder, made when missing."""

    def __init__(self, root: Path | None = None) -> None:
        self._begun = time.time()
        base = os.environ.get("XDG_CACHE_HOME")
        self.root = root or (Path(base) if base else Path.home() / ".cache") / "firstpush"
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise CannotRehearse(
                f"The cache folder {self.root} cannot be made.",
                found=error.strerror or str(error),
                why="A rehearsal keeps its replicas and the packages that it fetches there.",
                next_step="Set XDG_CACHE_HOME to a folder that can be written.",
            ) from None
        # Shared by all rehearsals under way; who gets it alone may remove what the others would use.
        self._lock = os.open(self.root / "in-use.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._lock)
        with contextlib.suppress(OSError):
            fcntl.flock(self._lock, fcntl.LOCK_SH | fcntl.LOCK_NB)

    @property
    def index(self) -> Path:
        return self._folder("index")

    @property
    def layers(self) -> Path:
        return self._folder("layers")

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder

    def layer(self, kind: str, key: str, make: Callable[[Path], None]) -> Path:
        """The layer of this key; `make(folder)` fills it when it is not there yet."""
        place = self.layers / f"{kind}-{key}"
        if place.is_dir():
            self.touch(place)
            return place
        with self.building() as folder:
            make(folder)
            self.adopt(folder, place)
        return place

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """A folder to build a layer in; removed at the end unless it was adopted. Those of dead runs are swept."""
        parent = self._folder("building")
        self._sweep(parent)
        folder = parent / f"{os.getpid()}-{os.urandom(4).hex()}"
        lock = os.open(f"{folder}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(mode=0o755)
        try:
            yield folder
        finally:
            remove(folder)
            with contextlib.suppress(OSError):
                os.unlink(f"{folder}.lock")
            os.close(lock)

    def adopt(self, folder: Path, place: Path) -> None:
        """Give a built folder to the sandbox's uid and put it in its place (the first one wins)."""
        uid = replica_uid()
        if uid is not None:
            subprocess.run(["chown", "-hR", f"{uid}:{uid}", "--", str(folder)], check=True)
        size = _size(folder)
        with contextlib.suppress(OSError):
            folder.rename(place)
            self._size_file(place).write_text(str(size))

    def touch(self, place: Path) -> None:
        """Note that a layer was used: the least recently used ones go first."""
        with contextlib.suppress(OSError):
            os.utime(place)

    def prune(self) -> None:
        """Remove the least recently used layers while all together are larger than the limit.

        Nothing that another rehearsal may be using is removed, nor what this one has used."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            before = self._begun - 2.0  # a file system tells time less finely
        except OSError:
            before = time.time() - _SAFE_AGE
        found = []
        for place in self.layers.iterdir():
            if place.is_dir():
                found.append((place.stat().st_mtime, self._size_of(place), place))
            elif place.suffix == ".size" and not place.with_suffix("").is_dir():
                place.unlink(missing_ok=True)
        total = sum(size for _used, size, _place in found)
        for used, size, place in sorted(found):
            if total <= _limit() or used >= before:
                break
            remove(place)
            self._size_file(place).unlink(missing_ok=True)
            total -= size
        with contextlib.suppress(OSError):
            fcntl.flock(self._lock, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def _size_file(self, place: Path) -> Path:
        return place.with_name(f"{place.name}.size")

    def _size_of(self, place: Path) -> int:
        try:
            return int(self._size_file(place).read_text())
        except (OSError, ValueError):
            size = _size(place)
            with contextlib.suppress(OSError):
                self._size_file(place).write_text(str(size))
            return size

    def _sweep(self, parent: Path) -> None:
        for lock_name in parent.glob("*.lock"):
            with contextlib.suppress(OSError):
                fd = os.open(lock_name, os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove(lock_name.with_suffix(""))
                    os.unlink(lock_name)
                except BlockingIOError:
                    pass
                finally:
                    os.close(fd)


def _limit() -> float:
    """Bytes that the layers may take."""
    try:
        gibibytes = float(os.environ.get("FIRSTPUSH_CACHE_GIB", _MOST))
    except ValueError:
        gibibytes = _MOST
    return gibibytes * 1024**3


def _size(folder: Path) -> int:
    """Bytes on disk below a folder."""
    total = 0
    for path, _folders, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total


def key_of(*parts: Any) -> str:
    """A short key for values that JSON can hold."""
    text = json.dumps([LAYOUT, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def remove(folder: Path) -> None:
    """Remove a tree, also one with folders that nobody may write; never follows links."""
    if not folder.exists():
        return
    for path, folders, _files in os.walk(folder):
        for name in folders:
            inner = os.path.join(path, name)
            if not os.path.islink(inner) and not os.stat(inner).st_mode & stat.S_IWUSR:
                with contextlib.suppress(OSError):
                    os.chmod(inner, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
