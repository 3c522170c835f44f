"""The platform's health check against the app that the start command serves.

In: the plan, the machine's state, what serves; out: a `Failure` at the configured path, or None when the app answers
there or when it cannot be known. Routes are read from the app's files, nothing is started.
"""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.outcome import Failure

if TYPE_CHECKING:
    from firstpush.model.plan import Plan
    from firstpush.project.app import App
    from firstpush.project.routes import Route
    from firstpush.project.tree import ProjectTree
    from firstpush.simulate.invocation import Serving
    from firstpush.simulate.state import State


def health_failure(plan: Plan, tree: ProjectTree, state: State, serving: Serving) -> Failure | None:
    """See the module's docstring."""
    if plan.health is None or plan.health.path is None:
        return None
    asked = plan.health.path
    path = "/" + asked.value.partition("?")[0].lstrip("/")
    app = served_app(tree, state, serving)
    if app is None or not app.complete_routes or not all(route.exact for route in app.routes):
        return None
    if any(_answers(route, path) for route in app.routes):
        return None
    known = sorted({route.path for route in app.routes if route.method in ("GET", "*")})
    other = next((route for route in app.routes if _fits(route.path, path)), None)
    why = f"the health check asks {path}, and the app has no such route"
    if other is not None:
        why = f"the health check asks {path} with GET, and the app has it only for {other.method}"
    trace = [TraceStep(f"the start command serves {app.entry}", app.object_span)]
    shown = ", ".join(known[:6]) + (", …" if len(known) > 6 else "")
    trace.append(TraceStep(f"its routes for GET are {shown}" if known else "it has no route for GET"))
    statuses = " or ".join(str(status) for status in plan.health.status)
    trace.append(TraceStep(f"the answer is {405 if other is not None else 404}; the platform wants {statuses}"))
    label = Label(asked.span, "no such route") if asked.span is not None else None
    return Failure(Cause.HEALTHCHECK_PATH, why, label, tuple(trace))


def served_app(tree: ProjectTree, state: State, serving: Serving) -> App | None:
    """The app that is served, read from its file."""
    from firstpush.project.app import describe_file

    if serving.app is None:
        source = state.files.source(serving.file) if serving.file is not None else None
        return describe_file(tree, source, _folder(tree, state, serving.cwd)) if source is not None else None
    module, _, attribute = serving.app.partition(":")
    base = normpath(join(serving.cwd, module.strip().replace(".", "/")))
    for candidate in (base + ".py", base + "/__init__.py"):
        source = state.files.source(candidate)
        if source is not None:
            name = attribute.split("(")[0].split(".")[0] or None
            return describe_file(tree, source, _folder(tree, state, serving.cwd), name)
    return None


def _folder(tree: ProjectTree, state: State, cwd: str) -> str:
    """A folder of the machine as a folder of the tree."""
    for mount in state.files.mounts:
        if mount.tree is tree:
            inner = mount.inside(cwd)
            if inner is not None:
                return "" if inner == "." else inner
    return ""


def _answers(route: Route, path: str) -> bool:
    return route.method in ("GET", "*", "HEAD") and _fits(route.path, path)


def _fits(pattern: str, path: str) -> bool:
    """Whether a route's path takes this one; a difference of the last slash only is a redirect, which is let pass."""
    plain = re.split(r"\{[^}]*\}|<[^>]*>", pattern.rstrip("/"))
    greedy = ".*" if ":path" in pattern or "path:" in pattern else "[^/]+"
    return re.fullmatch(greedy.join(re.escape(part) for part in plain), path.rstrip("/")) is not None
