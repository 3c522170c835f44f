"""The start command names a script that is not executable: hand it to its interpreter."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.cause import Cause

NAME = "start-script"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    if not situation.found(Cause.SCRIPT_NOT_EXECUTABLE):
        return
    plan = situation.prediction.plan
    commands = [step.command for step in plan.steps] + ([plan.start.command] if plan.start else [])
    for command in commands:
        for simple in simple_commands(command.text.text):
            spoken = words(simple)
            path = situation.path(spoken[0].removeprefix("./")) if spoken and spoken[0] else ""
            if "/" not in (spoken[0] if spoken else "") or not situation.tree.exists(path):
                continue
            if situation.tree.executable(path):
                continue
            first = (situation.tree.text(path) or "").split("\n", 1)[0]
            shell = "python" if "python" in first else "bash" if "bash" in first or not first.startswith("#!") else "sh"
            start = simple.words[0].start
            edit = replace_command(situation.tree, command.text, start, start, f"{shell} ")
            if edit is not None:
                title = f"run {spoken[0]} with {shell}: it is not executable ({command.text.path})"
                yield Proposal(NAME, title, (edit,), names=frozenset({"start", "phase:build", "phase:install"}))
