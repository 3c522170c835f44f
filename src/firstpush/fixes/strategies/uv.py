"""`uv`: the venv in one command, filled by uv."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies import nixpacks_install as common
from firstpush.fixes.strategies.venv import one_command

NAME = "uv"
INSTALL = True
COST = (
    "One more tool to download in each build (pip brings uv into the venv); a large set of requirements installs "
    "several times faster."
)


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(*common.CAUSES):
        return
    found = common.override(situation)
    if found is not None:
        yield from one_command(situation, found, NAME, keep_python=False, before=" && pip install uv", cost=COST)
