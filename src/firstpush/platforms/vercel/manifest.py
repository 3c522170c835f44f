"""Which file Vercel takes the dependencies from. In: the project tree and the folder of the entry point; out: a
`Manifest`.

Folders are searched from the entry point's up to the top of the repository; the first manifest wins. Anything but a
pyproject.toml is converted by the builder: it writes a pyproject.toml named `app` beside it and runs uv on that.
"""

from __future__ import annotations

import re

from firstpush import facts
from firstpush.model.origin import FileOrigin, Located
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.project.tree import ProjectTree
from firstpush.syntax import json as json_syntax
from firstpush.syntax import toml
from firstpush.syntax.document import Document, Node


@dataclass(frozen=True, slots=True)
class Manifest:
    """`path` None: there is none, and nothing is installed. `kind`: pyproject, pipfile-lock, pipfile or requirements;
    `folder`: where uv runs; `lock`: a uv.lock or pylock.toml that is obeyed; `direct`: the requirements as written;
    `document`: of a pyproject.toml; `passed_over`: other manifests of the same folder, which are not read;
    `ignored`: files that Vercel never reads (setup.py, poetry.lock, …); `complete`: whether `direct` is all of it."""

    path: str | None
    kind: str | None
    folder: str
    lock: str | None = None
    direct: tuple[Located[str], ...] = ()
    document: Document | None = None
    passed_over: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    complete: bool = True

    @property
    def converted(self) -> bool:
        return self.kind is not None and self.kind != "pyproject"

    @property
    def root_node(self) -> Node | None:
        return self.document.root if self.document is not None else None


def discover(tree: ProjectTree, folder: str) -> Manifest:
    """The manifest for an entry point in `folder`."""
    table = facts.table("vercel")["manifests"]
    ignored = tuple(_join(folder, name) for name in table["ignored"] if tree.exists(_join(folder, name)))
    place = "" if folder == "." else folder
    while True:
        present = [name for name in table["order"] if tree.exists(_join(place, name))]
        if present:
            return _read(tree, place, present, ignored)
        if not place:
            return Manifest(None, None, folder, ignored=ignored)
        place = place.rpartition("/")[0]


def _read(tree: ProjectTree, folder: str, present: list[str], ignored: tuple[str, ...]) -> Manifest:
    path = _join(folder, present[0])
    others = tuple(_join(folder, name) for name in present[1:])
    source = tree.source(path)
    if path.endswith("pyproject.toml"):
        locks = facts.table("vercel")["manifests"]["locks"]
        lock = next((_join(folder, name) for name in locks if tree.exists(_join(folder, name))), None)
        document = toml.parse(source) if source is not None else None
        direct = _project_dependencies(document.root) if document is not None and document.root is not None else ()
        return Manifest(path, "pyproject", folder, lock, direct, document, others, ignored)
    if path.endswith("Pipfile.lock"):
        root = json_syntax.parse(source).root if source is not None else None
        direct, complete = _keys(root, "default"), root is not None
        return Manifest(path, "pipfile-lock", folder, None, direct, None, others, ignored, complete)
    if path.endswith("Pipfile"):
        document = toml.parse(source) if source is not None else None
        root = document.root if document is not None else None
        direct, complete = _keys(root, "packages"), root is not None
        return Manifest(path, "pipfile", folder, None, direct, document, others, ignored, complete)
    direct, complete = read_requirements(tree, path)
    inner = "" if "/" not in present[0] else present[0].rpartition("/")[0]
    return Manifest(path, "requirements", _join(folder, inner), None, direct, None, others, ignored, complete)


def _project_dependencies(root: Node) -> tuple[Located[str], ...]:
    node = root.get("project", "dependencies")
    items = node.items if node is not None and node.kind == "list" else ()
    return tuple(Located(str(item.value), FileOrigin(item.span)) for item in items if item.kind == "str")


def _keys(root: Node | None, table: str) -> tuple[Located[str], ...]:
    node = root.get(table) if root is not None and root.kind == "map" else None
    entries = node.entries.values() if node is not None and node.kind == "map" else ()
    return tuple(Located(entry.key, FileOrigin(entry.key_span)) for entry in entries)


def read_requirements(tree: ProjectTree, path: str, depth: int = 0) -> tuple[tuple[Located[str], ...], bool]:
    """The requirement lines of a file and of those that it includes with `-r`; False: something is missing of it."""
    text = tree.text(path)
    if text is None or depth > 8:
        return (), False
    found: list[Located[str]] = []
    complete = True
    for line, span in logical_lines(text, path):
        if line.startswith("-"):
            included = re.match(r"(?:-r|--requirement)[ =]?\s*(\S+)", line)
            if included is not None:
                below, whole = read_requirements(tree, _join(path.rpartition("/")[0], included[1]), depth + 1)
                found += below
                complete = complete and whole
            continue
        found.append(Located(line, FileOrigin(span)))
    return tuple(found), complete


def logical_lines(text: str, path: str) -> list[tuple[str, Span]]:
    """The lines of a requirements file without comments and blank lines; continued lines are one."""
    lines: list[tuple[str, Span]] = []
    offset = 0
    for raw in re.findall(r"(?:[^\n]*\\\r?\n)*[^\n]*(?:\n|\Z)", text):
        stripped = re.sub(r"(^|\s)#.*", "", raw.replace("\\\n", " ").replace("\\\r\n", " ")).strip()
        lead = len(raw) - len(raw.lstrip())
        start = offset + len(raw[:lead].encode())
        if stripped:
            lines.append((stripped, Span(path, start, start + len(raw.strip().split(" #")[0].rstrip().encode()))))
        offset += len(raw.encode())
    return lines


def name_of(requirement: str) -> str | None:
    """The normalised name of a requirement line, or None (a URL, a path)."""
    found = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:$|[\[(<>=!~;,@ ])", requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found is not None else None


def _join(folder: str, name: str) -> str:
    if not name:
        return folder
    return name if folder in ("", ".") else f"{folder.rstrip('/')}/{name}"
