"""The start command names an app object that is not there: the one that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.cause import Cause
from firstpush.project.app import describe

NAME = "entry-point"
INSTALL = False
CAUSES = (Cause.WRONG_ENTRYPOINT_PATH, Cause.MODULE_NOT_FOUND_AT_START, Cause.ASGI_HANDLER)
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*\Z")


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.start is None or not any(each.phase == "start" for each in situation.found(*CAUSES)):
        return
    text = plan.start.command.text
    folder = ""
    for each in simple_commands(text.text):
        spoken = words(each)
        if len(spoken) == 2 and spoken[0] == "cd":
            folder = spoken[1].strip("./")
        for index, word in enumerate(spoken):
            if not _TARGET.match(word):
                continue
            root = "/".join(part for part in (plan.root if plan.root != "." else "", folder) if part) or "."
            app = describe(situation.tree, root)
            right = f"{app.module}:{app.attribute}"
            if app.module is None or app.attribute is None or right == word:
                continue
            place = each.words[index]
            edit = replace_command(situation.tree, text, place.start, place.end, right)
            if edit is not None:
                title = f"start `{right}`, where the app is ({text.path})"
                yield Proposal(NAME, title, (edit,), names=frozenset({"start"}))
