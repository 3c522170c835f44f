"""Railway: a project → a plan for every service that it can be.

In: a tree and settings; out: plans of the builder that wins, with Railway's part: start, build and pre-deploy commands,
`PORT`, the health check, files that this builder ignores. Facts: `facts/railway.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from firstpush.config.railway_file import FILES, RailwayFile
from firstpush.model.diagnostic import Severity
from firstpush.model.plan import Plan
from firstpush.model.text import Span
from firstpush.model.value import replace
from firstpush.project.discovery import APP_FILES, app_folders, folders_with, has_app

if TYPE_CHECKING:
    from firstpush.platforms import Settings
    from firstpush.project.tree import ProjectTree

NAME = "railway"
# Files that say: this folder is deployed by Railway, or by a host that runs Railway's builders.
EVIDENCE = (*FILES, "nixpacks.toml", "nixpacks.json", "railpack.json")


def claims(tree: ProjectTree) -> bool:
    """Whether the files say that Railway (or a host with its builders) deploys this."""
    return bool(folders_with(tree, EVIDENCE))


def plans(tree: ProjectTree, settings: Settings) -> list[Plan]:
    """A plan for each root directory that the project can have; none where nothing says that Railway deploys it."""
    builder = (settings.builder or "").partition("@")[0]
    asked = NAME in settings.platforms or builder in ("nixpacks", "railpack", "docker")
    if (settings.platforms and NAME not in settings.platforms) or (builder and not asked):
        return []
    if not asked and not claims(tree):
        return []
    from firstpush.platforms.railway.service import service

    return _told_once([service(tree, root, settings, assumed, file) for root, assumed, file in roots(tree, settings)])


def _told_once(found: list[Plan]) -> list[Plan]:
    """What is to be said about a file that several services share is said for the first of them; failures for each."""
    told: set[tuple[str, Span]] = set()
    result: list[Plan] = []
    for plan in found:
        kept = []
        for problem in plan.problems:
            place = (problem.key, problem.primary.span)
            if problem.severity is Severity.ERROR or place not in told:
                kept.append(problem)
            told.add(place)
        result.append(replace(plan, problems=tuple(kept)))
    return result


def roots(tree: ProjectTree, settings: Settings) -> list[tuple[str, bool, str]]:
    """Candidate root directories, whether each is only assumed, and the folder of the Railway file that it reads.

    The root itself counts when it holds an app or a builder's configuration; where it holds nothing but Railway's file,
    the service's root directory must be set in the dashboard, so every app below is a candidate.
    """
    if settings.root is not None:
        root = settings.root.strip("/").removeprefix("./") or "."
        return [(root, False, _config_folder(tree, root, {}))]
    own = folders_with(tree, EVIDENCE)
    builder_files = folders_with(tree, ("nixpacks.toml", "nixpacks.json", "railpack.json", "Dockerfile"))
    railway_files = set(folders_with(tree, FILES))
    named = _named_folders(tree)
    found: dict[str, bool] = {}
    if has_app(tree, ".") or "." in builder_files or "." in own:
        # Where the services have files of their own, a root that lacks an app or a file may be no service at all.
        lacks = "." not in builder_files and not (has_app(tree, ".") and "." in own)
        found["."] = bool(railway_files - {"."}) and lacks
    of_the_root = [folder for folder in own if folder in railway_files and _speaks_of_the_root(tree, folder)]
    for folder in own:
        # A folder that the root's own commands enter belongs to the root's service.
        if folder != "." and folder not in of_the_root and (folder in railway_files or folder not in named):
            found[folder] = True
    if "." not in builder_files and not has_app(tree, ".") and not named:
        below = [folder for folder in app_folders(tree) if folder != "."]
        if below:
            found.pop(".", None)
        for folder in below:
            found.setdefault(folder, True)
    of_the_root = [] if "." in railway_files else of_the_root
    if of_the_root:
        found.pop(".", None)
    candidates = [(root, assumed, _config_folder(tree, root, found)) for root, assumed in found.items()]
    candidates += [(".", True, folder) for folder in of_the_root]
    return sorted(candidates, key=lambda item: (item[0] != ".", item[0].count("/"), item)) or [(".", False, ".")]


def _config_folder(tree: ProjectTree, root: str, roots: Mapping[str, bool]) -> str:
    """Where this root's Railway file is: in it, else in the repository's root, unless that is another service's."""
    if any(tree.exists(name if root == "." else f"{root}/{name}") for name in FILES) or "." in roots:
        return root
    return "."


def _speaks_of_the_root(tree: ProjectTree, folder: str) -> bool:
    """Whether the folder's Railway file is for a service whose root directory is the repository's: Railway finds the
    file by a path of its own. It is when its commands enter a folder that exists only there."""
    if folder == ".":
        return False
    file = railway_file(tree, folder)
    commands = [file.text(name) or "" for name in ("build.buildCommand", "deploy.startCommand")] if file else []
    entered = [match[1] for text in commands for match in re.finditer(r"\bcd\s+(?:\./)?([\w.-]+(?:/[\w.-]+)*)", text)]
    return any(
        tree.is_folder(path) and not tree.is_folder(f"{folder}/{path}") for path in entered if not path.startswith("..")
    )


def _named_folders(tree: ProjectTree) -> set[str]:
    """Folders that the root's configuration names in its commands (`cd api && …`, `-r api/requirements.txt`)."""
    texts = [tree.text(name) or "" for name in (*FILES, "nixpacks.toml", "nixpacks.json", "railpack.json", "Procfile")]
    text = "\n".join(texts)
    folders = {path.partition("/")[0] for path in tree.files if "/" in path}
    top = {folder for folder in folders if re.search(rf"(?<![\w./-]){re.escape(folder)}(?:/|[\s\"';&]|$)", text)}
    return {folder for folder in folders_with(tree, (*EVIDENCE, *APP_FILES)) if folder.partition("/")[0] in top}


def railway_file(tree: ProjectTree, folder: str, environment: str | None = None) -> RailwayFile | None:
    """Railway's file in this folder."""
    from firstpush.config import railway_file as config
    from firstpush.syntax import json, jsonc, toml

    for name in FILES:
        path = name if folder == "." else f"{folder}/{name}"
        if tree.unread(path) is not None:
            return None  # it counts for Railway, so no later file does; `unread_file` says it
        source = tree.source(path)
        if source is None:
            continue
        if name.endswith(".toml"):
            return config.read(toml.parse(source), environment)
        document = json.parse(source)
        if document.root is None:
            loose = jsonc.parse(source)
            if loose.root is not None:
                return config.with_comments(config.read(loose, environment), document)
        return config.read(document, environment)
    return None


def unread_file(tree: ProjectTree, folder: str) -> str | None:
    """Railway's file in this folder and why it is not understood here; None: it is, or there is none."""
    paths = [name if folder == "." else f"{folder}/{name}" for name in FILES]
    path = next((path for path in paths if tree.exists(path)), None)
    reason = tree.unread(path) if path is not None else None
    return None if reason is None else f"{path} is not read here: {reason}"


__all__ = ["EVIDENCE", "NAME", "claims", "plans", "railway_file", "roots", "unread_file"]
