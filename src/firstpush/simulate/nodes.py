"""What a path can be: a file, a folder, a link; and a project's files seen at a folder of the machine."""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

from firstpush.model.value import dataclass

if TYPE_CHECKING:
    from firstpush.model.machine import InstalledProgram, Interpreter
    from firstpush.project.tree import ProjectTree


@dataclass(frozen=True, slots=True)
class File:
    """A regular file. `content` None: not known; `source`: the project file it was copied from; `interpreter`: it is
    this Python; `program`: it is this tool (a script with a shebang when the tool runs on a Python)."""

    content: str | bytes | None = ""
    mode: int = 0o644
    source: str | None = None
    interpreter: Interpreter | None = None
    program: InstalledProgram | None = None
    owned: bool = False  # a command of this simulation wrote it, so its user may write it again


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder. `owned`: a command of this simulation made it."""

    owned: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    target: str


Node = File | Folder | Link


PLAIN_FOLDER = Folder()


@dataclass(frozen=True, slots=True)
class Mount:
    """The folder `root` (`.`: all) of a project tree, seen at the absolute path `at`. `only`: just these files and
    folders of it (None: all)."""

    at: str
    tree: ProjectTree
    root: str = "."
    only: tuple[str, ...] | None = None

    def inside(self, path: str) -> str | None:
        """The path in the tree for an absolute one, or None when it lies elsewhere or is left out."""
        if path != self.at and not path.startswith(self.at.rstrip("/") + "/"):
            return None
        relative = path[len(self.at.rstrip("/")) + 1 :]
        if self.only is not None and relative and not any(_includes(entry, relative) for entry in self.only):
            return None
        if self.root in ("", "."):
            return relative
        return f"{self.root}/{relative}" if relative else self.root

    def node(self, path: str) -> Node | None:
        inner = self.inside(path)
        if inner is None:
            return None
        if inner == "" or self.tree.is_folder(inner):
            return PLAIN_FOLDER
        if self.tree.exists(inner):
            mode = 0o755 if self.tree.executable(inner) else 0o644
            return File(content=None, mode=mode, source=inner)
        return None


def _includes(entry: str, relative: str) -> bool:
    """Whether `relative` is the entry, lies below it, or is one of the folders that lead to it."""
    entry = normpath(entry)
    return (
        entry == "."
        or relative == entry
        or relative.startswith(entry + "/")
        or entry.startswith(relative.rstrip("/") + "/")
    )


def mount_names(mount: Mount, folder: str) -> set[str]:
    inner = mount.inside(folder)
    if inner is None:
        return set()
    prefix = inner + "/" if inner else ""
    names = {name.split("/", 1)[0] for name in (p[len(prefix) :] for p in mount.tree.below(inner))}
    return {name for name in names if name and mount.inside(join(folder, name)) is not None}
