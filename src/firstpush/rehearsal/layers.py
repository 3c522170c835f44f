"""What steps wrote in earlier rehearsals, kept as layers, and when they may be used again.

A layer is found by the replica, the project, the commands up to its step and their environment; it is used when every
project file that those commands opened then has the same content now. A layer is a delta: it is only valid over the
layer below which it was made, so records form chains.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firstpush.rehearsal.cache import Cache, key_of, remove
from firstpush.rehearsal.source import Sources

MAX_AGE = 24 * 3600.0  # unpinned requirements drift: an older layer proves little
MAX_RECORDS = 4  # for one key
_NEVER_KEPT = ("tmp", "proc", "dev", "run", "var/tmp", "root/.cache")


@dataclass(frozen=True, slots=True)
class Kept:
    """A usable layer. `output`: what the command printed then; `seconds`: how long it took; `at`: Unix time."""

    folder: Path
    output: str
    seconds: float
    at: float


class Layers:
    """The layers of one project in one replica. `app`: the replica's folder of the project's files."""

    def __init__(self, cache: Cache, replica: str, project: Path, app: str, sources: Sources) -> None:
        self.cache = cache
        self.replica = replica
        self.base = key_of(replica, str(project.resolve()), app)
        self.app = app.strip("/")
        self.sources = sources

    def key(self, commands: Sequence[object]) -> str:
        """For the commands up to and with a step (each as JSON-able values: text, shell, folder, environment)."""
        return key_of(self.base, commands)

    def shared_key(self, commands: Sequence[object]) -> str:
        """For commands that see no file of the project: the same for all projects in this replica."""
        return key_of(self.replica, self.app, commands)

    def find(self, key: str, below: Path | None) -> Kept | None:
        for record in reversed(self._records(key)):
            folder = self.cache.layers / str(record["folder"])
            if not folder.is_dir() or record["below"] != (below.name if below else None):
                continue
            if time.time() - float(record["at"]) > MAX_AGE or not self._same(record["inputs"]):
                continue
            self.cache.touch(folder)
            return Kept(folder, record["output"], float(record["seconds"]), float(record["at"]))
        return None

    def _same(self, inputs: dict[str, str]) -> bool:
        return all(self._hash(path) == value for path, value in inputs.items())

    def _hash(self, path: str) -> str:
        if path.endswith("/"):
            return self.sources.listing(path)
        return self.sources.hashes.get(path, "")

    def inputs(self, opened: Sequence[str] | None) -> dict[str, str]:
        """The project files among what was opened, with their hashes now; all files when that is not known."""
        if opened is None:
            return {path: self._hash(path) for path in [*self.sources.hashes, "./"]}
        return {path: self._hash(path) for path in opened if path.endswith("/") or path in self.sources.hashes}

    def save(
        self, key: str, built: Path, below: Path | None, inputs: dict[str, str], output: str, seconds: float
    ) -> Path:
        """Adopt a folder that holds what a step wrote. Files of the project that it changed become inputs."""
        for name in _NEVER_KEPT:
            remove(built / name)
        changed = built / self.app
        if changed.is_dir():
            for path in self.sources.hashes:
                if (changed / path).exists() or (changed / path).is_symlink():
                    inputs[path] = self._hash(path)
        strip_privileges(built)
        folder = self.cache.layers / f"step-{key}-{time.time_ns():x}"
        self.cache.adopt(built, folder)
        records = self._records(key)
        entry = {
            "folder": folder.name,
            "below": below.name if below else None,
            "inputs": inputs,
            "output": output,
            "seconds": seconds,
            "at": time.time(),
        }
        for old in records[: max(0, len(records) + 1 - MAX_RECORDS)]:
            remove(self.cache.layers / str(old["folder"]))
        place = self._place(key)
        aside = place.with_suffix(".new")
        aside.write_text(json.dumps([*records[-(MAX_RECORDS - 1) :], entry]), "utf-8")
        aside.rename(place)
        self.cache.prune()
        return folder

    def asked_before(self) -> list[str]:
        """The projects that earlier rehearsals of this one asked the index for."""
        with contextlib.suppress(OSError, ValueError):
            return [str(name) for name in json.loads(self._place(f"asked-{self.base}").read_bytes())]
        return []

    def remember_asked(self, names: Sequence[str]) -> None:
        if names:
            self._place(f"asked-{self.base}").write_text(json.dumps(list(names)), "utf-8")

    def _place(self, key: str) -> Path:
        return self.cache.layers / f"records-{key}.json"

    def _records(self, key: str) -> list[dict[str, Any]]:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._place(key).read_bytes())
            if isinstance(found, list):
                return found
        return []


def strip_privileges(folder: Path) -> None:
    """A kept file shall not be setuid on the host."""
    for path, _folders, files in os.walk(folder):
        for name in files:
            place = os.path.join(path, name)
            mode = os.lstat(place).st_mode
            if stat.S_ISREG(mode) and mode & 0o6000:
                os.chmod(place, stat.S_IMODE(mode) & 0o1777)
