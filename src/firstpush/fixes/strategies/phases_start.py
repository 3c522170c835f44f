"""`[phases.start]` runs the server while the image is built: what was meant is `[start] cmd`."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation

NAME = "phases-start"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    for problem in situation.prediction.plan.problems:
        if problem.key != "nixpacks-phases-start":
            continue
        config = open_config(situation.tree, problem.primary.span.path)
        if config is None:
            continue
        commands = config.strings("phases", "start", "cmds") or config.strings("phases", "start", "cmd")
        changed = config.copy()
        changed.delete("phases", "start")
        told = f"delete [phases.start] from {config.path}"
        if config.get("start", "cmd") is None and commands:
            changed.set_string("start", "cmd", value=" && ".join(commands))
            told = f"move the command of [phases.start] to [start] in {config.path}"
        names = frozenset({"start", "phase:start", "phase:build"})
        yield Proposal(NAME, told, changed.edits(), names=names)
