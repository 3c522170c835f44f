"""Repairs of equal deployments: what won for one goes in, the same repair of its sibling comes out, verified.

The services of a monorepo are often made from one template and broken in one way. The search through all strategies is
made for the first of a kind; for the others its chain is proposed again, and planned and simulated as any repair is.
"""

from __future__ import annotations

import re

from firstpush.fixes.engine import Link, Repair, Wanted, helpful
from firstpush.fixes.predict import Prediction
from firstpush.fixes.proposal import Situation
from firstpush.fixes.strategies import strategy
from firstpush.fixes.workspace import Workspace
from firstpush.model.diagnostic import Diagnostic
from firstpush.model.value import replace
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

LARGEST = 64 * 1024  # bytes; of a larger file only the size is compared


def kind(tree: ProjectTree, settings: Settings, prediction: Prediction) -> object:
    """What equal deployments have in common: settings, findings, and the folder's own files (of code only the names),
    all without the name of the folder. None for the root of a project, which has no siblings."""
    platform, root = prediction.key
    if root == ".":
        return None
    files: list[tuple[str, object]] = []
    for path in tree.below(root):
        name = path.removeprefix(f"{root}/")
        if "/" in name:
            continue
        content: object = None
        if not name.endswith(".py"):
            size = tree.size(path)
            source = tree.source(path) if size <= LARGEST else None
            content = size if source is None else source.data
        files.append((name, content))
    said = tuple(_finding(found, root) for found in (*prediction.errors, *prediction.warnings))
    plain = repr(replace(settings, root=None))
    return platform, prediction.plan.builder, plain, prediction.verdict, said, tuple(sorted(files, key=lambda f: f[0]))


def again(
    won: Repair, tree: ProjectTree, settings: Settings, prediction: Prediction, wanted: Wanted = lambda found: True
) -> Repair | None:
    """The repair `won` of an equal deployment, made here. None unless it is the same: each link helps here as it did
    there, is as safe and closes the same, and the deployment ends in the same state."""
    theirs, ours = won.before.key[1], prediction.key[1]
    workspace = Workspace.of(tree)
    current = prediction
    links: list[Link] = []
    past: set[str] = set()
    for old in won.links:
        past.update(found.message for found in current.errors[:1])
        situation = Situation(workspace.tree, settings, current, bool(prediction.errors), frozenset(past))
        module = strategy(old.proposal.strategy.replace("-", "_"))
        title = without(old.proposal.title, theirs)
        same = (each for each in module.propose(situation) if without(each.title, ours) == title)
        step = next(helpful(situation, workspace, same, wanted), None)
        if step is None:
            return None
        link, current, workspace = step
        if link.applicability is not old.applicability or link.also_changes != old.also_changes:
            return None
        if _all(link.closes, ours) != _all(old.closes, theirs):
            return None
        links.append(link)
    if current.verdict != won.after.verdict or _all(current.errors, ours) != _all(won.after.errors, theirs):
        return None
    return Repair(won.install, tuple(links), prediction, current, workspace)


def without(text: str, root: str) -> str:
    """A text without the name of a deployment's folder."""
    return re.sub(rf"(?<![\w./-]){re.escape(root)}(?![\w-])", "…", text)


def _all(found: tuple[Diagnostic, ...], root: str) -> tuple[object, ...]:
    return tuple(_finding(each, root) for each in found)


def _finding(found: Diagnostic, root: str) -> tuple[object, ...]:
    span = found.primary.span
    place = without(span.path, root), span.start, span.end
    return found.code, found.severity, found.cause, found.phase, without(found.message, root), place
