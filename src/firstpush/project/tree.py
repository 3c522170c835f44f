"""A project's files as the platform gets them: read lazily, never executed, never followed out of the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from firstpush.project.ignored import gitignore, is_ignored_venv
from firstpush.syntax.guard import too_large
from firstpush.syntax.source import Source

# Folders that no platform reads configuration from and that can be huge.
SKIPPED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".tox",
        ".nox",
    }
)
MAX_FILES = 50_000
MAX_BYTES = 16 * 1024 * 1024  # larger files are known to exist but are not read


class ProjectTree:
    """The files below a folder (or, with `overrides`, the same folder with some files edited in memory).

    Paths are relative, with `/`, without a leading `./`. `overrides` maps a path to its new bytes, None deletes it:
    so that a fix can be judged before it is written.
    """

    def __init__(self, folder: Path, overrides: Mapping[str, bytes | None] | None = None) -> None:
        self.folder = folder
        self.overrides = dict(overrides or {})
        self._sources: dict[str, Source | None] = {}
        self.unreadable: dict[str, str] = {}

    def edited(self, overrides: Mapping[str, bytes | None]) -> ProjectTree:
        """The same folder with these files changed in memory (on top of earlier changes). Shares what was read."""
        tree = ProjectTree(self.folder, {**self.overrides, **overrides})
        tree._sources = {path: source for path, source in self._sources.items() if path not in overrides}
        tree._disk_files = self._disk_files
        if all(data is not None and path in self._file_set for path, data in overrides.items()):
            # The same names: `fix` asks for hundreds of such trees, and listing a large repository takes a while.
            tree.files, tree._file_set = self.files, self._file_set
            tree.by_name, tree.folders = self.by_name, self.folders
        return tree

    @cached_property
    def _disk_files(self) -> dict[str, os.stat_result]:
        """Regular files (and links to regular files inside the folder), sorted by path."""
        found: dict[str, os.stat_result] = {}
        ignores: list[tuple[str, str]] = []
        base = os.path.realpath(self.folder)
        pending: list[tuple[str, str]] = [(str(self.folder), "")]
        while pending and len(found) < MAX_FILES:
            directory, prefix = pending.pop()
            ignore = gitignore(directory)
            if ignore is not None:
                ignores.append((prefix.rstrip("/"), ignore))
            try:
                entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
            except OSError as error:
                self.unreadable[prefix.rstrip("/") or "."] = error.strerror or str(error)
                continue
            for entry in entries:
                path = prefix + entry.name
                try:
                    if entry.is_symlink():
                        target = os.path.realpath(entry.path)
                        if not target.startswith(base + os.sep) or not os.path.isfile(target):
                            continue
                        found[path] = os.stat(target)
                    elif entry.is_dir(follow_symlinks=False):
                        if entry.name not in SKIPPED_FOLDERS and not is_ignored_venv(entry.path, path, ignores):
                            pending.append((entry.path, path + "/"))
                    elif entry.is_file(follow_symlinks=False):
                        found[path] = entry.stat(follow_symlinks=False)
                except OSError as error:
                    self.unreadable[path] = error.strerror or str(error)
        return dict(sorted(found.items()))

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All files, sorted."""
        names = set(self._disk_files)
        for path, data in self.overrides.items():
            if data is None:
                names.discard(path)
            else:
                names.add(path)
        return tuple(sorted(names))

    @cached_property
    def _file_set(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """File name → folders that hold such a file (`` is the root)."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            folder, _, name = path.rpartition("/")
            found.setdefault(name, []).append(folder)
        return {name: tuple(folders) for name, folders in found.items()}

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file, at any depth (`` is the root)."""
        folders = {""}
        for path in self.files:
            parts = path.split("/")[:-1]
            for depth in range(len(parts)):
                folders.add("/".join(parts[: depth + 1]))
        return frozenset(folders)

    def exists(self, path: str) -> bool:
        return path in self._file_set

    def is_folder(self, path: str) -> bool:
        return path.strip("/") in self.folders

    def executable(self, path: str) -> bool:
        status = self._disk_files.get(path)
        return status is not None and bool(status.st_mode & 0o111)

    def size(self, path: str) -> int:
        data = self.overrides.get(path)
        if data is not None:
            return len(data)
        status = self._disk_files.get(path)
        return status.st_size if status else 0

    def source(self, path: str) -> Source | None:
        """The file's bytes, or None when it does not exist, is too large or cannot be read (see `unreadable`)."""
        if path in self._sources:
            return self._sources[path]
        source: Source | None = None
        if path in self.overrides:
            data = self.overrides[path]
            source = Source(path, data) if data is not None else None
        elif path in self._disk_files:
            if self._disk_files[path].st_size > MAX_BYTES:
                self.unreadable[path] = f"larger than {MAX_BYTES // 1024 // 1024} MiB"
            else:
                try:
                    source = Source(path, (self.folder / path).read_bytes())
                except OSError as error:
                    self.unreadable[path] = error.strerror or str(error)
        self._sources[path] = source
        return source

    def unread(self, path: str) -> str | None:
        """Why a configuration file that exists is not understood here although the platform may well read it: our
        own limit, or a file that this user cannot read. None: it can be read. The reason is noted in `unreadable`."""
        if not self.exists(path):
            return None
        source = self.source(path)
        if source is None:
            return self.unreadable.get(path, "it cannot be read")
        large = too_large(source)
        if large is not None:
            self.unreadable[path] = large
        return large

    def looked_at(self) -> tuple[str, ...]:
        """The files that were read so far."""
        return tuple(sorted(path for path, source in self._sources.items() if source is not None))

    def text(self, path: str) -> str | None:
        """The decoded text, or None when it cannot be read or is not UTF-8."""
        source = self.source(path)
        if source is None:
            return None
        try:
            return source.decoded()
        except UnicodeDecodeError:
            return None

    def below(self, folder: str, suffix: str = "") -> Iterator[str]:
        """Files below `folder` (`` or `.`: all) whose name ends with `suffix`."""
        prefix = "" if folder in ("", ".") else folder.rstrip("/") + "/"
        for path in self.files:
            if path.startswith(prefix) and path.endswith(suffix):
                yield path
