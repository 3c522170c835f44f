"""Which folders of a project can be deployed on their own. In: a tree; out: folders, the root first.

A folder counts when it has a file that a builder recognises a Python app by, or deployment configuration of its own.
Folders of tests, examples and virtual environments do not.
"""

from __future__ import annotations

from collections.abc import Iterable

from firstpush.project.tree import ProjectTree

APP_FILES = ("main.py", "requirements.txt", "pyproject.toml", "Pipfile")
# With one of these of its own, a folder is a service whatever it is called: a call centre has a service `scripts`.
SERVICE_FILES = (
    *("railway.json", "railway.toml", "nixpacks.toml", "nixpacks.json", "railpack.json"),
    *("Procfile", "Dockerfile", "vercel.json"),
)
MAX_DEPTH = 3
_NO_APPS = frozenset(
    {
        "tests",
        "test",
        "docs",
        "examples",
        "example",
        "fixtures",
        "venv",
        ".venv",
        "env",
        "site-packages",
        "dist",
        "build",
        "migrations",
        "scripts",
        "templates",
        "static",
        "node_modules",
        "vendor",
        "third_party",
        ".github",
    }
)


def folders_with(tree: ProjectTree, names: Iterable[str], depth: int = MAX_DEPTH) -> list[str]:
    """Folders (`.` is the root) that hold one of these files, by depth and name."""
    found: set[str] = set()
    for folder in {folder for name in names for folder in tree.by_name.get(name, ())}:
        parts = folder.split("/") if folder else []
        if len(parts) > depth or _NO_APPS.intersection(parts[:-1]):
            continue
        if parts and parts[-1] in _NO_APPS and not any(tree.exists(f"{folder}/{file}") for file in SERVICE_FILES):
            continue
        found.add(folder or ".")
    return sorted(found, key=lambda folder: (0 if folder == "." else folder.count("/") + 1, folder))


def app_folders(tree: ProjectTree) -> list[str]:
    """Folders that hold a Python app. A folder below one that counts does not count again, unless it has
    requirements of its own."""
    found = folders_with(tree, APP_FILES)
    requirements = set(folders_with(tree, ("requirements.txt", "pyproject.toml", "Pipfile")))
    return [
        folder
        for folder in found
        if folder in requirements or not any(_below(folder, other) for other in found if other != folder)
    ]


def has_app(tree: ProjectTree, folder: str) -> bool:
    """Whether the folder itself holds a Python app."""
    prefix = "" if folder in (".", "") else folder + "/"
    return any(tree.exists(prefix + name) for name in APP_FILES)


def _below(folder: str, other: str) -> bool:
    return other == "." or folder.startswith(other + "/")
