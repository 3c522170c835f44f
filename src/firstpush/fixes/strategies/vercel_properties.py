"""Properties of vercel.json that Vercel refuses or that do harm: delete them, or give them their right name or value.

What the platform module says about a problem (`PlanProblem.data`) decides; the engine keeps only what helps.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import ConfigFile, open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.config_keys import route_at
from firstpush.model.diagnostic import Severity
from firstpush.model.plan import PlanProblem
from firstpush.syntax.document import Node

NAME = "vercel-properties"
INSTALL = False
NAMES = frozenset({"phase:*", "builder", "start", "health", "variables", "python"})
#: Problems whose property is deleted as it stands.
DELETED = {
    "vercel-invalid-config",
    "vercel-server-refuses-config",
    "vercel-functions-pattern",
    "vercel-rewrite-changes-path",
    "vercel-command-never-runs",
    "vercel-published-sources",
    "vercel-secret-reference",
    "vercel-python-version",
}


def propose(situation: Situation) -> Iterator[Proposal]:
    if situation.prediction.plan.platform != "vercel":
        return
    path = situation.path("vercel.json")
    for problem in situation.prediction.plan.problems:
        if problem.primary.span.path != path:
            continue
        if problem.key == "vercel-published-sources" and problem.severity is not Severity.ERROR:
            continue  # without `outputDirectory` the folder is still published: only its author knows what is public
        config = open_config(situation.tree, path)
        if config is None:
            return
        route = _route(config, problem)
        if not route:
            continue
        where = _shown(route)
        better = problem.data.get("rename")
        if better and config.get(*route[:-1], better) is None:
            config.rename(*route, name=better)
            yield Proposal(NAME, f"rename `{where}` to `{better}` in {path}", config.edits(), names=NAMES)
        elif problem.key == "vercel-route-misses-function" and problem.data.get("replace"):
            config.set_string(*route, value=problem.data["replace"])
            title = f"send the requests to {problem.data['replace']} in {path}"
            yield Proposal(NAME, title, config.edits(), names=NAMES)
        elif problem.key in DELETED:
            yield _deletion(config, route, problem)


def _deletion(config: ConfigFile, route: tuple[str | int, ...], problem: PlanProblem) -> Proposal:
    """Delete a property, and the ones around it that it leaves empty (Vercel refuses `functions: {}`)."""
    while len(route) > 1:
        parent = config.get(*route[:-1])
        if parent is None or len(parent.entries or parent.items) != 1:
            break
        route = route[:-1]
    where = _shown(route)
    config.delete(*route)
    question = ""
    if problem.key == "vercel-secret-reference":
        question = f"Set `{where.rpartition('.')[2]}` in the project's settings on vercel.com first."
    return Proposal(NAME, f"delete `{where}` from {config.path}", config.edits(), names=NAMES, question=question)


def _route(config: ConfigFile, problem: PlanProblem) -> tuple[str | int, ...]:
    """The property that a problem is about."""
    setting = problem.data.get("setting")
    if isinstance(setting, str) and config.get(setting) is not None:
        return (setting,)
    span = problem.primary.span
    root = config.document.root
    if root is None:
        return ()
    exact = _node_route(config, span.start, span.end)
    return exact or route_at(root, span.start) or ()


def _node_route(config: ConfigFile, start: int, end: int) -> tuple[str | int, ...]:
    """The route of the value, or of the pair, that covers exactly these bytes."""
    root = config.document.root
    pending: list[tuple[Node, tuple[str | int, ...]]] = [(root, ())] if root is not None else []
    while pending:
        node, route = pending.pop()
        if route and (node.span.start, node.span.end) == (start, end):
            return route
        for key, entry in node.entries.items():
            if (entry.span.start, entry.span.end) == (start, end):
                return (*route, key)
            pending.append((entry.node, (*route, key)))
        for index, item in enumerate(node.items):
            pending.append((item, (*route, index)))
    return ()


def _shown(route: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in route).lstrip(".")
