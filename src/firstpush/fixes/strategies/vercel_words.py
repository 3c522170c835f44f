"""An install inside a longer command of vercel.json: take just the install out, keep the rest."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.diagnostic import Edit
from firstpush.platforms.vercel.commands import as_install, split

NAME = "vercel-words"
INSTALL = False
NAMES = frozenset({"phase:*"})


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.platform != "vercel" or not situation.found():
        return
    for step in plan.steps:
        text = step.command.text
        simples = split(text) if text.path is not None else None
        if not simples or len(simples) < 2:
            continue
        for number, simple in enumerate(simples[:-1]):
            following = simples[number + 1]
            if as_install(simple) is None or following.before not in ("&&", ";"):
                continue
            edit = replace_command(situation.tree, text, simple.start, following.start, "")
            if edit is not None:
                yield _proposal(edit, text.text[simple.start : simple.end])


def _proposal(edit: Edit, install: str) -> Proposal:
    title = f"take `{install}` out of the command in {edit.span.path}: Vercel installs the requirements by itself"
    return Proposal(NAME, title, (edit,), names=NAMES)
