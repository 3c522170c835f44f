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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from firstpush.errors import CannotRehearse
from firstpush.rehearsal.sandbox.box import replica_uid

_MOST_LAYERS = 80
_SAFE_AGE = 7200.0  # seconds
LAYOUT = 7  # raise it when the content of layers changes: old ones are then not found


class Cache:
    """`root`: the folder, made when missing."""

    def __init__(self, root: Path | None = None) -> None:
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
        with contextlib.suppress(OSError):
            folder.rename(place)

    def prune(self) -> None:
        """Remove the oldest step and machine layers when there are many. A running rehearsal's are younger."""
        old = time.time() - _SAFE_AGE
        for kind in ("step", "machine"):
            found = sorted((path.stat().st_mtime, path) for path in self.layers.glob(f"{kind}-*"))
            for age, path in found[: max(0, len(found) - _MOST_LAYERS)]:
                if age < old:
                    remove(path)

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
