"""What a file imports when it is loaded. In: the file tree and a path. Out: names of foreign modules with their places.

Only statements at a file's top level count: what stands in a function, a condition or a `try` may never run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from firstpush.model.text import Span
from firstpush.project.tree import ProjectTree

#: Files that are followed at most.
LIMIT = 200


def imported(tree: ProjectTree, root: str, path: str, *, follow: bool = False) -> Iterator[tuple[str, Span]]:
    """Top-level modules that `path` imports and that are neither Python's nor the project's, in order of appearance.

    `root` is the folder of the deployment (`.`: the repository's). With `follow`, the project's own modules are
    followed, after the file itself. A file that is no Python imports nothing.
    """
    waiting = [path]
    seen: set[str] = set()
    while waiting and len(seen) < LIMIT:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        for dotted, level, span in _statements(tree, current):
            own = list(_own(tree, root, current, dotted, level))
            name = dotted.partition(".")[0]
            if own:
                waiting.extend(own if follow else ())
            elif not level and name and name not in sys.stdlib_module_names and not _local(tree, root, current, name):
                yield name, span


def _statements(tree: ProjectTree, path: str) -> Iterator[tuple[str, int, Span]]:
    """The modules named by a file's import statements (dotted), their level and their place."""
    text = tree.text(path) or ""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = text.splitlines(keepends=True)
    for statement in module.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        start = sum(len(line.encode()) for line in lines[: statement.lineno - 1]) + statement.col_offset
        span = Span(path, start, start + len(lines[statement.lineno - 1].strip().encode()))
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name, 0, span
            continue
        base = statement.module or ""
        if base:
            yield base, statement.level, span
        if statement.level or base:
            # `from package import module` loads the module as well, when it is one.
            for alias in statement.names:
                yield f"{base}.{alias.name}".lstrip("."), statement.level, span


def _own(tree: ProjectTree, root: str, current: str, dotted: str, level: int) -> Iterator[str]:
    """The project's files that are loaded for a module: its packages' `__init__.py` and the module itself."""
    folder = current.rpartition("/")[0]
    if level:
        for _ in range(level - 1):
            folder = folder.rpartition("/")[0]
        places = [folder]
    else:
        places = list(dict.fromkeys((folder, "" if root == "." else root)))
    parts = dotted.split(".")
    for place in places:
        found = False
        for depth in range(1, len(parts) + 1):
            base = "/".join((*((place,) if place else ()), *parts[:depth]))
            for file in (f"{base}.py", f"{base}/__init__.py"):
                if tree.exists(file):
                    found = True
                    yield file
        if found:
            return


def _local(tree: ProjectTree, root: str, current: str, name: str) -> bool:
    for place in dict.fromkeys((current.rpartition("/")[0], "" if root == "." else root)):
        base = f"{place}/{name}" if place else name
        if tree.exists(base + ".py") or tree.is_folder(base):
            return True
    return name.startswith("vercel")
