"""Modules of the project by name: which file `backend.main` is, and what starting it imports.

In: a tree, the folders on `sys.path` (relative to the tree, `` is the tree), a dotted name; out: paths and the imports
of every file that is executed when the module is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from firstpush.model.value import dataclass, field
from firstpush.project.python_source import Import, PythonSource, imports, parse
from firstpush.project.tree import ProjectTree

MAX_FILES = 500


@dataclass(frozen=True, slots=True)
class Module:
    """`path`: the file; None: a namespace package (a folder without `__init__.py`), then `folder` is it."""

    name: str
    path: str | None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """What importing a module executes. `files`: path → imports; `outside`: absolute imports that are no modules of the
    project, as (path, import); `unresolved`: relative imports, and imports below a package of the project, that lead
    nowhere; `complete`: False when a file could not be read or parsed."""

    files: Mapping[str, tuple[Import, ...]] = field(default_factory=dict)
    outside: tuple[tuple[str, Import], ...] = ()
    unresolved: tuple[tuple[str, Import], ...] = ()
    complete: bool = True


def join(folder: str, name: str) -> str:
    """A path below a folder of the tree."""
    return f"{folder}/{name}" if folder not in ("", ".") else name


def find(tree: ProjectTree, folders: Iterable[str], name: str) -> Module | None:
    """The module of this dotted name, or None when the project has none of it."""
    relative = name.replace(".", "/")
    namespace: Module | None = None
    for folder in folders:
        base = join(folder, relative)
        if tree.exists(base + "/__init__.py"):
            return Module(name, base + "/__init__.py", base)
        if tree.exists(base + ".py"):
            return Module(name, base + ".py")
        if namespace is None and tree.is_folder(base):
            namespace = Module(name, None, base)
    return namespace


def python_source(tree: ProjectTree, path: str) -> PythonSource | None:
    """The parsed file, or None when it cannot be read."""
    source = tree.source(path)
    return parse(source) if source is not None else None


def closure(tree: ProjectTree, folders: Sequence[str], start: str, script: bool = False) -> Closure:
    """Everything that is executed when the file `start` is imported (or run: `script`), imports that cannot fail the
    start (`guarded`) left out."""
    files: dict[str, tuple[Import, ...]] = {}
    outside: list[tuple[str, Import]] = []
    unresolved: list[tuple[str, Import]] = []
    complete = True
    pending = [start]
    while pending:
        path = pending.pop(0)
        if path in files:
            continue
        parsed = python_source(tree, path)
        if parsed is None or parsed.module is None or len(files) >= MAX_FILES:
            complete = False
            files[path] = ()
            continue
        files[path] = imports(parsed)
        for item in files[path]:
            if item.guarded or (item.script_only and not (script and path == start)):
                continue
            paths, inside = _targets(tree, folders, path, item)
            if inside is None:
                outside.append((path, item))
            elif not inside:
                unresolved.append((path, item))
            pending += paths
    return Closure(files, tuple(outside), tuple(unresolved), complete)


def _targets(tree: ProjectTree, folders: Sequence[str], path: str, item: Import) -> tuple[list[str], bool | None]:
    """Files that the import executes; True: found, False: it leads nowhere, None: no module of the project."""
    if item.level:
        parts = path.split("/")[:-1]
        if item.level - 1 > len(parts):
            return [], False
        base = "/".join(parts[: len(parts) - (item.level - 1)])
        return _below(tree, [base], item.module, item.names)
    first = item.module.split(".")[0]
    if find(tree, folders, first) is None:
        return [], None
    return _below(tree, folders, item.module, item.names)


def _below(tree: ProjectTree, folders: Sequence[str], module: str, names: tuple[str, ...]) -> tuple[list[str], bool]:
    found: list[str] = []
    parts = module.split(".") if module else []
    last: Module | None = None
    for depth in range(1, len(parts) + 1):
        last = find(tree, folders, ".".join(parts[:depth]))
        if last is None:
            return found, False
        if last.path is not None:
            found.append(last.path)
    for name in names:
        inner = find(tree, folders, ".".join([*parts, name])) if parts or names else None
        if inner is not None and inner.path is not None:
            found.append(inner.path)
    return found, True
