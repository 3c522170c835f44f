"""Can a build backend find what to ship? In: a folder and the parsed pyproject.toml. Out: why it fails, or None.

Only what is certain is said: setuptools' automatic discovery of a flat layout, and hatchling's and Poetry's search for
a folder of the project's name.
"""

from __future__ import annotations

import re

from firstpush import facts
from firstpush.model.value import dataclass
from firstpush.platforms.vercel.manifest import name_of
from firstpush.project.tree import ProjectTree
from firstpush.syntax.document import Node


@dataclass(frozen=True, slots=True)
class LayoutProblem:
    """Why, and the backend's words."""

    why: str
    output: str


def package_problem(tree: ProjectTree, folder: str, root: Node) -> LayoutProblem | None:
    """What stops the project from being built, where `uv sync` would build it."""
    system = root.get("build-system")
    package = root.get("tool", "uv", "package")
    if system is None or (package is not None and package.value is False):
        return None
    backend_node = root.get("build-system", "build-backend")
    backend = str(backend_node.value) if backend_node is not None else "setuptools"
    name_node = root.get("project", "name")
    if name_node is None:
        return None
    name = (name_of(str(name_node.value)) or "").replace("-", "_")
    if backend.startswith("setuptools"):
        return _setuptools(tree, folder, root)
    if backend.startswith("hatchling"):
        return _named(tree, folder, name, root.get("tool", "hatch", "build"), _HATCHLING)
    if backend.startswith("poetry"):
        return _named(tree, folder, name, root.get("tool", "poetry", "packages"), _POETRY)
    return None


_HATCHLING = "Unable to determine which files to ship inside the wheel using the following heuristics"
_POETRY = "No file/folder found for package"


def _setuptools(tree: ProjectTree, folder: str, root: Node) -> LayoutProblem | None:
    settings = root.get("tool", "setuptools")
    if settings is not None and any(key in settings.entries for key in ("packages", "py-modules")):
        return None
    if any(tree.exists(_join(folder, name)) for name in ("setup.py", "setup.cfg")) or tree.is_folder(
        _join(folder, "src")
    ):
        return None
    left_out = facts.table("vercel")["setuptools"]
    prefix = folder + "/" if folder not in ("", ".") else ""
    names = {path[len(prefix) :] for path in tree.below(folder) if path.endswith(".py")}
    packages = {name.partition("/")[0] for name in names if "/" in name}
    packages = {
        item
        for item in packages
        if item.isidentifier() and item not in left_out["packages_left_out"] and item[0] != "_"
    }
    # Folders without Python files count too, as namespace packages.
    inner = {path[len(prefix) :].partition("/")[0] for path in tree.below(folder) if "/" in path[len(prefix) :]}
    packages |= {
        item for item in inner if item.isidentifier() and item not in left_out["packages_left_out"] and item[0] != "_"
    }
    if len(packages) > 1:
        listed = ", ".join(f"'{item}'" for item in sorted(packages))
        return LayoutProblem(
            f"setuptools finds several packages beside each other ({', '.join(sorted(packages))}) and does not guess",
            f"error: Multiple top-level packages discovered in a flat-layout: [{listed}].",
        )
    modules = {name[:-3] for name in names if "/" not in name}
    modules = {
        item for item in modules if item.isidentifier() and item not in left_out["modules_left_out"] and item[0] != "_"
    }
    if not packages and len(modules) > 1:
        listed = ", ".join(f"'{item}'" for item in sorted(modules))
        return LayoutProblem(
            f"setuptools finds several modules beside each other ({', '.join(sorted(modules))}) and does not guess",
            f"error: Multiple top-level modules discovered in a flat-layout: [{listed}].",
        )
    return None


def _named(tree: ProjectTree, folder: str, name: str, settings: Node | None, output: str) -> LayoutProblem | None:
    """A backend that wants a folder or module of the project's name."""
    if settings is not None or not name:
        return None
    for path in tree.below(folder):
        found = re.search(r"(?:^|/)([^/]+?)(?:/__init__)?\.py$", path)
        if found is not None and found[1].lower().replace("-", "_") == name:
            return None
    return LayoutProblem(f"there is no folder `{name}` to ship", output)


def _join(folder: str, name: str) -> str:
    return name if folder in ("", ".") else f"{folder}/{name}"
