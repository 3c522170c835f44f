"""Railway: a project → a plan for every service that it can be.

In: a tree and settings; out: plans of the builder that wins, with Railway's part: start, build and pre-deploy commands,
`PORT`, the health check, files that this builder ignores. Facts: `facts/railway.toml`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from firstpush.config.railway_file import FILES, RailwayFile
from firstpush.model.diagnostic import Severity
from firstpush.model.plan import Plan
from firstpush.model.text import Span
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

    return _told_once([service(tree, root, settings, assumed) for root, assumed in roots(tree, settings)])


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


def roots(tree: ProjectTree, settings: Settings) -> list[tuple[str, bool]]:
    """Candidate root directories, and whether each is only assumed.

    The root itself counts when it holds an app or a builder's configuration; where it holds nothing but Railway's file,
    the service's root directory must be set in the dashboard, so every app below is a candidate.
    """
    if settings.root is not None:
        return [(settings.root.strip("/").removeprefix("./") or ".", False)]
    own = folders_with(tree, EVIDENCE)
    builder_files = folders_with(tree, ("nixpacks.toml", "nixpacks.json", "railpack.json", "Dockerfile"))
    railway_files = set(folders_with(tree, FILES))
    named = _named_folders(tree)
    found: dict[str, bool] = {}
    if has_app(tree, ".") or "." in builder_files or "." in own:
        found["."] = False
    for folder in own:
        # A folder that the root's own commands enter belongs to the root's service.
        if folder != "." and (folder in railway_files or folder not in named):
            found[folder] = True
    if "." not in builder_files and not has_app(tree, ".") and not named:
        below = [folder for folder in app_folders(tree) if folder != "."]
        if below:
            found.pop(".", None)
        for folder in below:
            found.setdefault(folder, True)
    return sorted(found.items(), key=lambda item: (item[0] != ".", item[0].count("/"), item[0])) or [(".", False)]


def _named_folders(tree: ProjectTree) -> set[str]:
    """Folders that the root's configuration names in its commands (`cd api && …`, `-r api/requirements.txt`)."""
    texts = [tree.text(name) or "" for name in (*FILES, "nixpacks.toml", "nixpacks.json", "railpack.json", "Procfile")]
    text = "\n".join(texts)
    folders = {path.partition("/")[0] for path in tree.files if "/" in path}
    top = {folder for folder in folders if re.search(rf"(?<![\w./-]){re.escape(folder)}(?:/|[\s\"';&]|$)", text)}
    return {folder for folder in folders_with(tree, (*EVIDENCE, *APP_FILES)) if folder.partition("/")[0] in top}


def railway_file(tree: ProjectTree, root: str, environment: str | None = None) -> RailwayFile | None:
    """The file that Railway reads for this root: the root's own (its path is then set in the dashboard), else the
    repository's."""
    from firstpush.config import railway_file as config
    from firstpush.syntax import json, jsonc, toml

    for folder in dict.fromkeys((root, ".")):
        for name in FILES:
            path = name if folder == "." else f"{folder}/{name}"
            source = tree.source(path)
            if source is not None:
                if name.endswith(".toml"):
                    return config.read(toml.parse(source), environment)
                document = json.parse(source)
                if document.root is None:
                    loose = jsonc.parse(source)
                    if loose.root is not None:
                        return config.with_comments(config.read(loose, environment), document)
                return config.read(document, environment)
    return None


__all__ = ["EVIDENCE", "NAME", "claims", "plans", "railway_file", "roots"]
