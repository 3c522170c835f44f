"""Nixpacks takes the app for one of another language: name the Python provider."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.nixpacks_install import config_file
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import FileChange

NAME = "provider-choice"
INSTALL = False
NAMES = frozenset(
    {"packages", "libraries", "variables", "python", "start", "phase:setup", "phase:install", "phase:build"}
)


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(Cause.WRONG_PROVIDER, Cause.NO_BUILD_PLAN):
        return
    for providers in (["python"], ["python", "node"]):
        config = config_file(situation)
        loses = len(providers) == 1 and not situation.broken
        behaviour = "the other provider's commands no longer run" if loses else ""
        if config is None:
            path = situation.path("nixpacks.toml")
            text = "providers = [" + ", ".join(f'"{name}"' for name in providers) + "]\n"
            yield Proposal(
                NAME,
                f"add {path}, which names the provider: {text.strip()}",
                files=(FileChange(path, text),),
                names=NAMES,
                behaviour=behaviour,
            )
            continue
        config.set_text("providers", text=config.listed(providers))
        title = f"name the provider in {config.path}: {', '.join(providers)}"
        yield Proposal(NAME, title, config.edits(), names=NAMES, behaviour=behaviour)
