"""The configuration names a Dockerfile that is not there: the one that is, or no Dockerfile at all."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause

NAME = "dockerfile-path"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    for found in situation.found(Cause.DOCKERFILE_NOT_FOUND):
        config = open_config(situation.tree, found.primary.span.path)
        if config is None or config.get("build") is None:
            continue
        root = situation.path("")
        there = [
            path.removeprefix(root)
            for path in situation.tree.below(root.rstrip("/"))
            if path.rsplit("/", 1)[-1].lower().startswith("dockerfile")
        ]
        if len(there) == 1:
            changed = config.copy()
            changed.set_string("build", "dockerfilePath", value=there[0])
            title = f"name the Dockerfile that is there in {config.path}: {there[0]}"
            yield Proposal(NAME, title, changed.edits(), names=frozenset({"*"}))
        if there:
            continue
        changed = config.copy()
        if changed.get("build", "dockerfilePath") is not None:
            changed.delete("build", "dockerfilePath")
        if changed.get("build", "builder") is not None:
            changed.set_string("build", "builder", value="NIXPACKS")
        title = f"build with Nixpacks instead of a Dockerfile that does not exist ({config.path})"
        yield Proposal(
            NAME,
            title,
            changed.edits(),
            names=frozenset({"*"}),
            behaviour="another builder than the one that was named",
        )
