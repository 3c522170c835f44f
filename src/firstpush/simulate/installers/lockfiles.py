"""What lock files name: uv.lock, poetry.lock, Pipfile.lock. In: a path; out: pinned `Requirement`s.

All packages of the file count, those of other platforms and groups as well: more than is installed, never less.
"""

from __future__ import annotations

import json

from firstpush.model.machine import User
from firstpush.simulate.installers.requirements import Requirement, read_toml
from firstpush.simulate.state import State


def locked(state: State, path: str, user: User) -> list[Requirement]:
    """The packages of a lock file with a `[[package]]` table each (uv, poetry, pdm); [] when there is none."""
    table = read_toml(state, path, user) if state.files.is_file(path) else None
    packages = table.get("package") if table else None
    out: list[Requirement] = []
    for package in packages if isinstance(packages, list) else []:
        source = package.get("source", {}) if isinstance(package, dict) else {}
        if not isinstance(package, dict) or not isinstance(package.get("name"), str):
            continue
        if isinstance(source, dict) and {"virtual", "editable", "directory"} & set(source):
            continue  # the project itself
        name, version = package["name"], package.get("version")
        pin = f"=={version}" if isinstance(version, str) else ""
        out.append(Requirement(f"{name}{pin}", name, pin))
    return out


def locked_by_pipenv(state: State, path: str) -> list[Requirement]:
    """The `default` packages of a Pipfile.lock."""
    text = state.files.text(path) if state.files.is_file(path) else None
    try:
        table = json.loads(text or "{}")
    except ValueError:
        return []
    found = table.get("default") if isinstance(table, dict) else None
    names = found.items() if isinstance(found, dict) else ()
    pins = ((name, str(entry.get("version", "")) if isinstance(entry, dict) else "") for name, entry in names)
    return [Requirement(f"{name}{pin}", name, pin) for name, pin in pins]
