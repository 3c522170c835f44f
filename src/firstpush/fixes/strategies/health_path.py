"""The health check asks for a path that the app does not serve: one that it does, or no path at all."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from firstpush.fixes.config_files import ConfigFile, open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.config_values import value_at
from firstpush.model.cause import Cause
from firstpush.project.app import Route, describe

NAME = "health-path"
INSTALL = False
NAMES = frozenset({"health"})
_WORDS = ("health", "ping", "status", "ready", "live", "alive", "up")


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    path = plan.health.path if plan.health is not None else None
    span = path.span if path is not None else None
    if path is None or span is None or not situation.found(Cause.HEALTHCHECK_PATH, Cause.MISSING_ROUTE):
        return
    config = open_config(situation.tree, span.path)
    root = config.document.root if config is not None else None
    route = value_at(root, span.start) if root is not None else None
    if config is None or not route:
        return
    for served in _candidates(describe(situation.tree, plan.root or ".").routes, path.value):
        changed: ConfigFile = config.copy()
        changed.set_string(*route, value=served)
        title = f"ask for {served}, which the app serves, in {config.path}"
        yield Proposal(NAME, title, changed.edits(), names=NAMES)


def _candidates(routes: tuple[Route, ...], wanted: str) -> list[str]:
    """Paths that answer a GET without more, those that sound like a health check first, then the nearest."""
    plain = {each.path for each in routes if each.method in ("GET", "*") and each.exact and "{" not in each.path}
    plain = {path for path in plain if "<" not in path and path.startswith("/")}
    sounding = [path for path in plain if any(word in path.lower() for word in _WORDS)]
    chosen = sounding or [path for path in plain if path == "/"]
    return sorted(chosen, key=lambda path: (-SequenceMatcher(None, path, wanted).ratio(), path))[:2]
