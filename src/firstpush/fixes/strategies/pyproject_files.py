"""Nixpacks copies only pyproject.toml before `pip install .`: have it copy the rest."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.nixpacks_install import config_file
from firstpush.model.diagnostic import FileChange

NAME = "pyproject-files"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not any(problem.key == "nixpacks-only-pyproject" for problem in plan.problems):
        return
    names = frozenset({"phase:install"})
    config = config_file(situation)
    if config is None:
        path = situation.path("nixpacks.toml")
        files = (FileChange(path, '[phases.install]\nonlyIncludeFiles = ["."]\n'),)
        yield Proposal(NAME, f"add {path}: the install gets all files", files=files, names=names)
        return
    config.set_text("phases", "install", "onlyIncludeFiles", text=config.listed(["."]))
    yield Proposal(NAME, f"have the install get all files in {config.path}", config.edits(), names=names)
