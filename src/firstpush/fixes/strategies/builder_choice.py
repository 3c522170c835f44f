"""A nixpacks.toml in a service that may build with Railpack, which does not read it: say that Nixpacks builds."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.diagnostic import FileChange

NAME = "builder-choice"
INSTALL = False
KEYS = frozenset({"railway-nixpacks-file-under-railpack", "dormant-file"})
SCHEMA = "https://railway.app/railway.schema.json"
COST = (
    "Nixpacks is in maintenance mode, and Railway stops reading railway.json on 2026-12-01; after that the builder is "
    "set in the service's settings."
)


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    problems = [problem for problem in plan.problems if problem.key in KEYS]
    if plan.platform != "railway" or not any("nixpacks" in problem.primary.span.path for problem in problems):
        return
    names = frozenset({"*"})
    behaviour = "a service that builds with Railpack today will build with Nixpacks"
    for name in ("railway.json", "railway.toml"):
        config = open_config(situation.tree, situation.path(name))
        if config is not None:
            config.set_string("build", "builder", value="NIXPACKS")
            title = f"say in {config.path} that Nixpacks builds, which reads that file"
            yield Proposal(NAME, title, config.edits(), names=names, cost=COST, behaviour=behaviour)
            return
    path = situation.path("railway.json")
    text = f'{{\n  "$schema": "{SCHEMA}",\n  "build": {{\n    "builder": "NIXPACKS"\n  }}\n}}\n'
    title = f"add {path}, which says that Nixpacks builds"
    yield Proposal(NAME, title, files=(FileChange(path, text),), names=names, cost=COST, behaviour=behaviour)
