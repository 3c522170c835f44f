"""`PATH` among the variables replaces the image's: delete it; `paths` of a phase is what adds a folder."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.config_keys import route_at

NAME = "path-variable"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    for problem in situation.prediction.plan.problems:
        if problem.key != "nixpacks-path-variable":
            continue
        config = open_config(situation.tree, problem.primary.span.path)
        if config is None or config.document.root is None:
            continue
        route = ("variables", "PATH") if config.get("variables", "PATH") else None
        route = route or route_at(config.document.root, problem.primary.span.start)  # type: ignore[assignment]
        if route:
            config.delete(*route)
            title = f"delete PATH from the variables in {config.path}"
            yield Proposal(NAME, title, config.edits(), names=frozenset({"variables"}))
