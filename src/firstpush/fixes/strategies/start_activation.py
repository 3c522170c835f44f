"""The start command activates an environment that is not there: leave it out, PATH has what was installed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.diagnostic import Edit

NAME = "start-activation"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    start = situation.prediction.plan.start
    if start is None or not any(each.phase == "start" for each in situation.found()):
        return
    text = start.command.text
    simple = list(simple_commands(text.text))
    edits: list[Edit] = []
    for each, following in pairwise(simple):
        spoken = words(each)
        if len(spoken) == 2 and spoken[0] in ("source", ".") and spoken[1].endswith("/activate"):
            edit = replace_command(situation.tree, text, each.start, following.start, "")
            if edit is not None:
                edits.append(edit)
    if edits:
        title = f"start without activating an environment: PATH has the one that was installed into ({text.path})"
        yield Proposal(NAME, title, tuple(edits), names=frozenset({"start"}))
