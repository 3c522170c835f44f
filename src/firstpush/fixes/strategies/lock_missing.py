"""A command insists on a lock file that is not there: let it resolve, until the lock file is committed."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.cause import Cause

NAME = "lock-missing"
INSTALL = False
_FLAGS = frozenset({"--frozen", "--locked", "--deploy", "--ignore-pipfile"})


def propose(situation: Situation) -> Iterator[Proposal]:
    if not situation.found(Cause.LOCKFILE_MISSING, Cause.LOCKFILE_OUT_OF_SYNC):
        return
    for step in situation.prediction.plan.steps:
        text = step.command.text
        for each in simple_commands(text.text):
            for index, word in enumerate(words(each)):
                if word not in _FLAGS:
                    continue
                before = each.words[index - 1].end
                edit = replace_command(situation.tree, text, before, each.words[index].end, "")
                if edit is not None:
                    yield Proposal(
                        NAME,
                        f"leave out {word} ({text.path})",
                        (edit,),
                        names=frozenset({"phase:*"}),
                        cost="Every build resolves anew; commit the lock file (`uv lock`) and put the option back.",
                        behaviour="versions are no longer those of a lock file",
                    )
