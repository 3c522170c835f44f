"""Is the function reached? In: a `Deployment`. Out: `PlanProblem`s about rewrites and routes that lead past it.

Without a preset a function answers at its own path only (`/api/index.py` at `/api` and `/api/index`); everything else
needs a rewrite. With a Python preset the app gets every path by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.platforms.vercel.deployment import Deployment, Function
from firstpush.platforms.vercel.detect import uploaded


@dataclass(frozen=True, slots=True)
class Rule:
    """An item of `rewrites` or `routes`: where it leads, and the places of the target and of the item."""

    source: str
    target: str
    span: Span
    item: Span
    modern: bool


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """Dangling targets, rewrites that change the path, functions that only their own path reaches."""
    if deployment.selection.refusal is not None or not deployment.functions:
        return
    rules = list(_rules(deployment))
    if deployment.preset:
        for rule in rules:
            if rule.modern and deployment.era.rewrites_change_path and rule.target.startswith("/"):
                yield from _changed_path(deployment, rule)
        return
    reached = _addresses(deployment)
    for rule in rules:
        target = rule.target.partition("?")[0]
        if rule.target.startswith(("http:", "https:")) or re.search(r"[$:*(]", target):
            continue
        if "/" + target.lstrip("/") not in reached and _looks_like_function(target):
            yield _dangling(rule, deployment)
    yield from _unreached(deployment, rules)


def _rules(deployment: Deployment) -> Iterator[Rule]:
    root = deployment.config.root if deployment.config is not None else None
    for key in ("rewrites", "routes"):
        node = root.get(key) if root is not None else None
        for item in node.items if node is not None and node.kind == "list" else ():
            source = item.get("source") or item.get("src")
            target = item.get("destination") or item.get("dest")
            if source is not None and target is not None and source.kind == target.kind == "str":
                yield Rule(source.value, target.value, target.span, item.span, key == "rewrites")


def _addresses(deployment: Deployment) -> set[str]:
    """Every path at which something is: functions with and without their extension, and plain files."""
    found: set[str] = {"/"}
    for job in deployment.selection.jobs:
        name = "/" + job.src
        found |= {name, name.rpartition(".")[0] or name}
        if name.rpartition("/")[2].startswith("index."):
            found.add(name.rpartition("/")[0] or "/")
            found.add((name.rpartition("/")[0] or "") + "/")
    for file in uploaded(deployment.tree, deployment.root):
        found |= {"/" + file, "/" + file.removeprefix("public/"), "/" + file.removesuffix(".html")}
    return found


def _looks_like_function(target: str) -> bool:
    """Whether a target names a Python function: nothing is said of pages that a front end may make."""
    name = target.lstrip("/")
    return name.endswith(".py") or name.startswith("api/") or name == "api"


def _dangling(rule: Rule, deployment: Deployment) -> PlanProblem:
    function = deployment.functions[0]
    better = "/" + function.job.src.removesuffix(".py") if function.job.zero else "/" + function.job.src
    return PlanProblem(
        key="vercel-route-misses-function",
        cause=Cause.MISSING_ROUTE,
        severity=Severity.ERROR,
        message=f"Requests are sent to {rule.target}, and there is no function: they get 404.",
        primary=Label(rule.span, "leads nowhere"),
        phase=Phase.HEALTH,
        help=f"Write {better}.",
        data={"certainty": Certainty.LIKELY, "replace": better},
    )


def _changed_path(deployment: Deployment, rule: Rule) -> Iterator[PlanProblem]:
    if not _looks_like_function(rule.target) or not re.search(r"\(\.\*\)|:\w+\*|/\*", rule.source):
        return
    yield PlanProblem(
        key="vercel-rewrite-changes-path",
        cause=Cause.MISSING_ROUTE,
        severity=Severity.WARNING,
        message=f"The {deployment.reading.name} preset hands every path to the app by itself; since July 2026 Vercel "
        f"routes by the rewritten path, and the app may see {rule.target} for every request.",
        primary=Label(rule.item),
        phase=Phase.HEALTH,
        help="Delete the rewrite.",
        data={"certainty": Certainty.LIKELY, "delete": rule.item},
    )


def _unreached(deployment: Deployment, rules: list[Rule]) -> Iterator[PlanProblem]:
    """One app under api/ that routes by itself, and nothing that sends it the other paths."""
    functions = [item for item in deployment.functions if item.entry.entry is not None and item.job.zero]
    if len(functions) != 1 or len(deployment.functions) != 1 or rules:
        return
    function = functions[0]
    routed = _own_routes(deployment, function)
    if not routed:
        return
    entry = function.entry.entry
    assert entry is not None
    address = "/" + function.job.src.removesuffix(".py")
    span = entry.span or Span(deployment.inside(entry.file), 0, 0)
    yield PlanProblem(
        key="vercel-route-misses-function",
        cause=Cause.MISSING_ROUTE,
        severity=Severity.WARNING,
        message=f"The app answers {routed[0]}, and Vercel sends it only {address.removesuffix('/index')}: every other "
        "path is 404 without a rewrite.",
        primary=Label(span),
        phase=Phase.HEALTH,
        help=f'Add `"rewrites": [{{"source": "/(.*)", "destination": "{address}"}}]` to vercel.json.',
        data={"certainty": Certainty.LIKELY, "rewrite": address},
    )


def _own_routes(deployment: Deployment, function: Function) -> list[str]:
    """Paths that the entry file, or the file that it takes the app from, registers and that are not its own."""
    text = deployment.tree.text(deployment.inside(function.job.src)) or ""
    variable = function.entry.entry.variable if function.entry.entry is not None else "app"
    taken = re.search(rf"^from ([\w.]+) import [^\n]*\b{re.escape(variable)}\b", text, re.MULTILINE)
    if taken is not None and not taken[1].startswith("."):
        text += deployment.tree.text(deployment.inside(taken[1].replace(".", "/") + ".py")) or ""
    own = {"/" + function.job.src.removesuffix(".py"), "/" + function.job.src.removesuffix("/index.py"), "/api"}
    pattern = r"""@\w+\.(?:get|post|put|patch|delete|route|api_route)\(\s*["'](/[^"']*)["']"""
    paths = re.findall(pattern, text)
    return [path for path in paths if path.rstrip("/") not in own] if paths else []
