"""A command goes to a folder that is not there: to the one of that name that is, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.cause import Cause

NAME = "folder-path"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    if not situation.found(Cause.WRONG_WORKING_DIRECTORY):
        return
    plan = situation.prediction.plan
    commands = [step.command for step in plan.steps] + ([plan.start.command] if plan.start else [])
    for command in commands:
        text = command.text
        simple = list(simple_commands(text.text))
        for index, each in enumerate(simple):
            spoken = words(each)
            if len(spoken) != 2 or spoken[0] != "cd" or not spoken[1] or spoken[1].startswith(("/", "~")):
                continue
            if situation.tree.is_folder(situation.path(spoken[1].removeprefix("./"))):
                continue
            names = frozenset({"start", "phase:*"})
            for folder in _called(situation, spoken[1]):
                edit = replace_command(situation.tree, text, each.words[1].start, each.words[1].end, folder)
                if edit is not None:
                    yield Proposal(NAME, f"go to {folder}, which is there ({text.path})", (edit,), names=names)
            if index + 1 < len(simple):
                edit = replace_command(situation.tree, text, each.start, simple[index + 1].start, "")
                if edit is not None:
                    title = f"do not go to {spoken[1]}, which is not there ({text.path})"
                    yield Proposal(NAME, title, (edit,), names=names)


def _called(situation: Situation, path: str) -> list[str]:
    """Folders whose last name is the same, or the same but for case."""
    root = situation.path("")
    last = path.rstrip("/").rsplit("/", 1)[-1].lower()
    inside = [folder.removeprefix(root) for folder in situation.tree.folders if folder.startswith(root)]
    return sorted(folder for folder in inside if folder.rsplit("/", 1)[-1].lower() == last and folder != path)[:2]
