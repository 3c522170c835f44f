"""Where Django says its app is. In: manage.py's text and the project tree; out: an `EntryResult`.

Vercel runs manage.py and reads the settings; here they are only parsed: what they compute stays unknown.
"""

from __future__ import annotations

import ast
import re

from firstpush.model.text import Span
from firstpush.platforms.vercel.entry import Entry, EntryResult
from firstpush.project.tree import ProjectTree

UNKNOWN = "the entry point is computed in Django's settings"


def read_settings(tree: ProjectTree, root: str, base: str, manage: str) -> EntryResult:
    """The app that WSGI_APPLICATION or ASGI_APPLICATION names. `base`: the folder of manage.py below `root`."""
    found = re.search(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""", manage)
    if found is None:
        return EntryResult(django_base=base, unknown=UNKNOWN)
    prefix = "/".join(part for part in ("" if root in ("", ".") else root, base) if part)
    module = found[1].replace(".", "/")
    for name in (f"{module}.py", f"{module}/__init__.py"):
        path = f"{prefix}/{name}" if prefix else name
        text = tree.text(path)
        if text is not None:
            return _read(path, base, text)
    return EntryResult(django_base=base, unknown=UNKNOWN)


def _read(path: str, base: str, text: str) -> EntryResult:
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return EntryResult(django_base=base, unknown=UNKNOWN)
    values: dict[str, str | None] = {}
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and any(alias.name == "*" for alias in statement.names):
            return EntryResult(django_base=base, unknown=UNKNOWN)
        if not isinstance(statement, ast.Assign):
            continue
        for target in statement.targets:
            if isinstance(target, ast.Name):
                value = statement.value
                constant = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
                values[target.id] = constant
    for key in ("ASGI_APPLICATION", "WSGI_APPLICATION"):
        if key not in values:
            continue
        named = values[key]
        if named is None or "." not in named:
            return EntryResult(django_base=base, unknown=UNKNOWN)
        module, _, variable = named.rpartition(".")
        file = module.replace(".", "/") + ".py"
        return EntryResult(Entry(f"{base}/{file}" if base else file, variable), django_base=base)
    if "WSGI_APPLICATION" in text or "ASGI_APPLICATION" in text or "importlib" in text or "exec(" in text:
        return EntryResult(django_base=base, unknown=UNKNOWN)
    message = (
        f'Found Django manage.py in "{base or "."}" but could not resolve the application entrypoint. '
        "Ensure WSGI_APPLICATION or ASGI_APPLICATION is set in your Django settings."
    )
    return EntryResult(code="DJANGO_ENTRYPOINT_NOT_FOUND", message=message, span=Span(path, 0, 0), django_base=base)
