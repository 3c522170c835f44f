"""A folder that is needed at run time is declared a cache, which is not in the image: take it out of the caches."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.nixpacks_install import CACHES, config_file
from firstpush.model.cause import Cause

NAME = "cache-directories"
INSTALL = False
CAUSES = (Cause.INSTALL_NOT_IN_RUNTIME_IMAGE, Cause.USER_INSTALL_LOST, Cause.START_PYTHON_MISMATCH)


def propose(situation: Situation) -> Iterator[Proposal]:
    if situation.prediction.plan.builder != "nixpacks" or not situation.found(*CAUSES):
        return
    config = config_file(situation)
    if config is None:
        return
    for phase in config.keys("phases"):
        folders = config.strings("phases", phase, CACHES)
        bad = [folder for folder in folders if folder.startswith(("/opt/venv", "/app", "/nix", "/usr"))]
        if not bad:
            continue
        changed = open_config(situation.tree, config.path, config.base)
        if changed is None:
            return
        kept = [folder for folder in folders if folder not in bad]
        if kept:
            changed.set_strings("phases", phase, CACHES, values=kept)
        elif config.keys("phases", phase) == (CACHES,):
            changed.delete("phases", phase)
        else:
            changed.delete("phases", phase, CACHES)
        title = f"take {', '.join(bad)} out of the caches of {phase} in {config.path}: caches are not in the image"
        yield Proposal(NAME, title, changed.edits(), names=frozenset({"phase:*", "start"}))
