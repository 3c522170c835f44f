"""Does a module define a name? In: a Python file's text; out: True, False, or None when it cannot be read off."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=256)
def has_attribute(text: str, name: str) -> bool | None:
    """Whether importing the file leaves an attribute of this name. None with `*` imports or `__getattr__`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found, open_ended = _names(tree.body)
    if name in found:
        return True
    return None if open_ended or "__getattr__" in found or "globals" in text or "exec(" in text else False


def _names(body: Iterable[ast.stmt]) -> tuple[set[str], bool]:
    found: set[str] = set()
    open_ended = False
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                open_ended = open_ended or alias.name == "*"
                found.add((alias.asname or alias.name).split(".")[0])
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                found.add(inner.id)
            elif isinstance(inner, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                found.add(inner.name)
            elif isinstance(inner, ast.Import | ast.ImportFrom):
                open_ended = open_ended or any(alias.name == "*" for alias in inner.names)
                found |= {(alias.asname or alias.name).split(".")[0] for alias in inner.names}
    return found, open_ended
