"""The files of the simulated machine, in layers: what commands wrote, what the machine describes, the project's tree.

In: described nodes, a project tree mounted at a folder, writes. Out: existence, content, links, who may write. A closed
world: a path that nothing describes does not exist, unless it lies below a folder that is `opaque` (content unknown).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from firstpush.model.value import replace
from firstpush.simulate.core import core_node, merged_links
from firstpush.simulate.nodes import PLAIN_FOLDER, File, Folder, Link, Mount, Node, mount_names

if TYPE_CHECKING:
    from firstpush.model.machine import User

__all__ = ["File", "FileSystem", "Folder", "Link", "Mount", "Node"]

MAX_LINKS = 40  # as in Linux
_WRITTEN_BY_HAND = (".py", ".txt", ".toml", ".cfg", ".lock", "package.json", "Makefile", "Pipfile")


class FileSystem:
    """See the module's docstring. Paths are absolute; `..` and links are followed as the kernel does."""

    __slots__ = (
        "_links",
        "_nodes",
        "_real",
        "_removed",
        "mounts",
        "opaque",
        "os_id",
        "read_only",
        "unclear",
        "unclear_python",
        "writable_by_user",
    )

    def __init__(
        self,
        nodes: Mapping[str, Node | None] | None = None,
        *,
        os_id: str = "debian",
        read_only: tuple[str, ...] = (),
        writable_by_user: tuple[str, ...] = (),
        opaque: tuple[str, ...] = (),
        mounts: tuple[Mount, ...] = (),
    ) -> None:
        self._nodes: dict[str, Node | None] = dict(nodes or {})
        self._links: set[str] = set(merged_links(os_id))  # paths that are links
        self._real: dict[str, str] = {}  # path → path without links; forgotten when a link comes or goes
        self._removed = False  # something was removed
        self.os_id = os_id
        self.read_only = read_only
        self.writable_by_user = writable_by_user
        self.opaque = opaque
        self.mounts = mounts
        self.unclear: tuple[str, ...] = ()  # folders that a program of unknown doing may have written to
        self.unclear_python: tuple[str, ...] = ()  # those where it may have put a Python or a pip

    def copy(self) -> FileSystem:
        other = FileSystem.__new__(FileSystem)
        other._nodes = self._nodes.copy()
        other._links = self._links.copy()
        other._real = self._real.copy()
        other._removed = self._removed
        other.os_id = self.os_id
        other.read_only = self.read_only
        other.writable_by_user = self.writable_by_user
        other.opaque = self.opaque
        other.mounts = self.mounts
        other.unclear = self.unclear
        other.unclear_python = self.unclear_python
        return other

    def _set(self, path: str, node: Node | None) -> None:
        """Set what is at exactly this path (None: removed)."""
        if node is None:
            self._removed = True
        if isinstance(node, Link):
            self._links.add(path)
            self._real.clear()
        elif path in self._links:
            self._links.discard(path)
            self._real.clear()
        self._nodes[path] = node

    # -- looking -------------------------------------------------------------------------------------------------

    def _raw(self, path: str) -> Node | None:
        """The node at exactly this path; its folders are known to exist and to be no links."""
        try:
            return self._nodes[path]
        except KeyError:
            pass
        if self._removed and self._hidden(path):
            return None
        for mount in self.mounts:
            if path.startswith(mount.at):
                node = mount.node(path)
                if node is not None:
                    return node
        return core_node(path, self.os_id)

    def _hidden(self, path: str) -> bool:
        """Whether a folder above was removed, so that lower layers no longer show."""
        nodes = self._nodes
        while path != "/":
            path = dirname(path)
            if path in nodes:
                return nodes[path] is None
        return False

    def _walk(self, path: str, follow: bool = True) -> str:
        """The path with all links on the way (and the last one with `follow`) replaced. Raises OSError on a loop."""
        if not follow:
            return self._slow_walk(path, follow)
        found = self._real.get(path)
        if found is None:
            found = self._real[path] = path if self._is_plain(path) else self._slow_walk(path, follow)
        return found

    def _is_plain(self, path: str) -> bool:
        """Whether a path has neither links nor `.`, `..`, or doubled slashes."""
        if "//" in path or "/." in path or path[-1:] == "/":
            return False
        links = self._links
        while path:
            if path in links:
                return False
            path = path[: path.rfind("/")]
        return True

    def _slow_walk(self, path: str, follow: bool) -> str:
        parts = [part for part in path.split("/") if part and part != "."]
        at = "/"
        hops = 0
        parts.reverse()
        while parts:
            part = parts.pop()
            if part == "..":
                at = dirname(at)
                continue
            step = at + part if at == "/" else f"{at}/{part}"
            if follow or parts:
                node = self._raw(step)
                if isinstance(node, Link):
                    hops += 1
                    if hops > MAX_LINKS:
                        raise OSError("too many levels of symbolic links")
                    target = node.target
                    if target.startswith("/"):
                        at = "/"
                    parts.extend(reversed([piece for piece in target.split("/") if piece and piece != "."]))
                    continue
            at = step
        return at

    def node(self, path: str, follow: bool = True) -> Node | None:
        """The node, links followed, or None when there is none (see `exists` for the unknown)."""
        try:
            return self._raw(self._walk(path, follow)) if path != "/" else PLAIN_FOLDER
        except OSError:
            return None

    def realpath(self, path: str) -> str:
        try:
            return self._walk(path)
        except OSError:
            return normpath(path)

    def exists(self, path: str) -> bool | None:
        """True, False, or None when it cannot be known. Follows links."""
        if self.node(path) is not None:
            return True
        real = self.realpath(path)
        return None if self._is_opaque(real) or self._is_unclear(real) else False

    def may_hold_python(self, path: str) -> bool:
        """Whether a Python or a pip that is not described may be at this path."""
        real = self.realpath(path)
        return self._is_opaque(real) or any(_below(real, folder) for folder in self.unclear_python)

    def _is_unclear(self, path: str) -> bool:
        """Whether a program of unknown doing may have made it; sources and requirements are not made by builds."""
        if not self.unclear or path.endswith(_WRITTEN_BY_HAND):
            return False
        return any(_below(path, folder) for folder in self.unclear)

    def _is_opaque(self, path: str) -> bool:
        nodes = self._nodes
        if path in nodes:  # removed
            return False
        for folder in self.opaque:
            if path == folder or path.startswith(folder.rstrip("/") + "/"):
                return not self._hidden(path)
        return False

    def is_file(self, path: str) -> bool | None:
        node = self.node(path)
        return isinstance(node, File) if node is not None else self.exists(path)

    def is_folder(self, path: str) -> bool | None:
        node = self.node(path)
        return isinstance(node, Folder) if node is not None else self.exists(path)

    def is_link(self, path: str) -> bool:
        return isinstance(self.node(path, follow=False), Link)

    def read(self, path: str, user: User) -> str | bytes | None:
        """The content; None when unknown; raises FileNotFoundError, PermissionError, IsADirectoryError."""
        node = self.node(path)
        if node is None:
            if self.exists(path) is None:
                return None
            raise FileNotFoundError(path)
        if not isinstance(node, File):
            raise IsADirectoryError(path)
        if user.uid != 0 and not node.mode & 0o444:
            raise PermissionError(path)
        if node.content is None and node.source is not None:
            return self._project_content(node.source)
        return node.content

    def _project_content(self, source: str) -> str | bytes | None:
        for mount in self.mounts:
            if mount.tree.exists(source):
                found = mount.tree.source(source)
                if found is None:
                    return None
                try:
                    return found.decoded()
                except UnicodeDecodeError:
                    return found.data
        return None

    def text(self, path: str) -> str | None:
        """The text of a readable, known file, else None. For files whose reader does not matter."""
        node = self.node(path)
        if not isinstance(node, File):
            return None
        content = node.content
        if content is None and node.source is not None:
            content = self._project_content(node.source)
        return content if isinstance(content, str) else None

    def source(self, path: str) -> str | None:
        """The project file (relative to the tree) that this path is or was copied from."""
        node = self.node(path)
        return node.source if isinstance(node, File) else None

    def list(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""
        folder = self.realpath(path)
        prefix = "/" if folder == "/" else folder + "/"
        names: set[str] = set()
        removed: set[str] = set()
        for key, node in self._nodes.items():
            if key.startswith(prefix) and key != prefix:
                name, _, rest = key[len(prefix) :].partition("/")
                if node is not None:
                    names.add(name)
                elif not rest:
                    removed.add(name)
        if not self._hidden(prefix + "x") and self._nodes.get(folder, PLAIN_FOLDER) is not None:
            for mount in self.mounts:
                names |= {name for name in mount_names(mount, folder) if name not in removed}
        return tuple(sorted(names))

    def walk(self, path: str) -> Iterator[str]:
        """All files below a folder (absolute paths), links not followed."""
        for name in self.list(path):
            full = join(path, name)
            node = self.node(full, follow=False)
            if isinstance(node, Folder):
                yield from self.walk(full)
            elif node is not None:
                yield full

    # -- writing -------------------------------------------------------------------------------------------------

    def writable(self, path: str, user: User) -> str | None:
        """None when this user can write (create) there; else `read-only` or `permission`."""
        real = self.realpath(path)
        if any(_below(real, tree) for tree in self.read_only):
            return "read-only"
        if user.uid == 0 or any(_below(real, tree) for tree in self.writable_by_user):
            return None
        if real == "/dev/null" or _below(real, user.home) or _below(real, "/tmp"):
            return None
        node = self._raw(real)
        while node is None and real != "/":
            real = dirname(real)
            node = self._raw(real)
        return None if isinstance(node, File | Folder) and node.owned else "permission"

    def put(self, path: str, node: Node) -> None:
        """Set a node; makes the folders above it."""
        try:
            real = join(self._walk(dirname(path)), path.rsplit("/", 1)[1]) if path != "/" else "/"
        except OSError:
            return
        if isinstance(node, File):
            try:
                real = self._walk(real)
            except OSError:
                return
        self._make_above(real)
        if isinstance(node, Folder) and isinstance(self._raw(real), Folder):
            return
        self._set(real, node)

    def put_link(self, path: str, target: str) -> None:
        """Make a symbolic link (replacing what is there)."""
        try:
            real = join(self._walk(dirname(path)), path.rsplit("/", 1)[1])
        except OSError:
            return
        self._make_above(real)
        self._set(real, Link(target))

    def _make_above(self, path: str) -> None:
        folder = dirname(path)
        while folder != "/":
            known = self._nodes.get(folder, PLAIN_FOLDER if folder not in self._nodes else None)
            if folder in self._nodes and known is not None:
                return
            if folder not in self._nodes and self._raw(folder) is not None:
                return
            self._set(folder, Folder(owned=True))
            folder = dirname(folder)

    def remove(self, path: str) -> None:
        """Remove a file, a link (not its target), or a folder with all below it."""
        try:
            real = join(self._walk(dirname(path)), path.rstrip("/").rsplit("/", 1)[1])
        except (OSError, IndexError):
            return
        prefix = real + "/"
        for key in [key for key in self._nodes if key.startswith(prefix)]:
            self._set(key, None)
            del self._nodes[key]
        self._set(real, None)

    def move(self, path: str, to: str, copy: bool = False) -> None:
        """Move or copy a file or a folder with all below it to exactly `to`."""
        try:
            real = join(self._walk(dirname(path)), path.rstrip("/").rsplit("/", 1)[1])
        except (OSError, IndexError):
            return
        node = self._raw(real)
        if copy and isinstance(node, Link):
            real = self.realpath(real)
            node = self._raw(real)
        if node is None or _below(to, real):
            return
        found: list[tuple[str, Node]] = [("", node)]
        if isinstance(node, Folder):
            for full in list(self.walk(real)):
                inner = self.node(full, follow=False)
                if inner is not None:
                    found.append((full[len(real) :], inner))
        if not copy:
            self.remove(real)
        for suffix, inner in found:
            if isinstance(inner, Link):
                self.put_link(to + suffix, inner.target)
            else:
                self.put(to + suffix, replace(inner, owned=True) if isinstance(inner, File) else inner)

    def chmod(self, path: str, mode: int) -> None:
        real = self.realpath(path)
        node = self._raw(real)
        if isinstance(node, File):
            self._set(real, replace(node, mode=mode))

    def hide_project(self, mounts: tuple[Mount, ...]) -> None:
        """Show these project trees instead of those so far."""
        self.mounts = mounts

    def keep_only(self, folders: tuple[str, ...], system: tuple[str, ...]) -> None:
        """Forget everything written or described outside `folders` and `system` (another image is booted)."""
        kept = folders + system
        for path in list(self._nodes):
            if not any(_below(path, folder) or _below(folder, path) for folder in kept):
                self._set(path, None)
                del self._nodes[path]
        self.mounts = tuple(
            mount for mount in self.mounts if any(_below(mount.at, f) or _below(f, mount.at) for f in folders)
        )


def _below(path: str, tree: str) -> bool:
    return tree == "/" or path == tree or path.startswith(tree.rstrip("/") + "/")
