"""Keys that the platform passes over: give them the name that it knows, or delete them.

Renaming brings a setting to life that never had effect: right where the deployment fails anyway (it is what was meant),
unsafe where an app runs without it. Deleting changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.plan import PlanProblem

NAME = "config-keys"
INSTALL = False
NAMES = frozenset({"packages", "libraries", "variables", "start", "health", "phase:*"})


def propose(situation: Situation) -> Iterator[Proposal]:
    for problem in situation.prediction.plan.problems:
        if problem.cause is Cause.UNKNOWN_CONFIG_KEY:
            yield from _repairs(situation, problem)


def _repairs(situation: Situation, problem: PlanProblem) -> Iterator[Proposal]:
    span = problem.primary.span
    config = open_config(situation.tree, span.path)
    route = route_at(config.document.root, span.start) if config is not None and config.document.root else None
    if config is None or not route:
        return
    name = str(route[-1])
    meant = str(problem.data.get("meant") or "")
    where = ".".join(map(str, route))
    if meant and "." not in meant and meant != name and config.get(*route[:-1], meant) is None:
        renamed = config.copy()
        renamed.rename(*route, name=meant)
        behaviour = "" if situation.broken else f"`{where}` had no effect until now"
        title = f"rename `{name}` to `{meant}` in {config.path}"
        yield Proposal(NAME, title, renamed.edits(), names=NAMES, behaviour=behaviour)
        values = renamed.strings(*route[:-1], meant)
        if meant in ("nixPkgs", "aptPkgs") and values and "..." not in values:
            renamed.insert_item(*route[:-1], meant, index=0, value="...")
            title += ', with "..." for what the provider brings'
            yield Proposal(NAME, title, renamed.edits(), names=NAMES, behaviour=behaviour)
    parent = config.get(*route[:-1])
    if len(route) > 1 and parent is not None and len(parent.entries) == 1:
        route = route[:-1]
    config.delete(*route)
    yield Proposal(NAME, f"delete `{where}` from {config.path}: it has no effect", config.edits())


def route_at(root: object, offset: int) -> tuple[str | int, ...] | None:
    """The route to the key that stands at an offset."""
    from firstpush.syntax.document import Node

    pending: list[tuple[Node, tuple[str | int, ...]]] = [(root, ())] if isinstance(root, Node) else []
    best: tuple[str | int, ...] | None = None
    while pending:
        node, route = pending.pop()
        for key, entry in node.entries.items():
            inner = (*route, key)
            if entry.key_span.start <= offset < max(entry.key_span.end, entry.key_span.start + 1):
                best = inner
            pending.append((entry.node, inner))
        for index, item in enumerate(node.items):
            pending.append((item, (*route, index)))
    return best
