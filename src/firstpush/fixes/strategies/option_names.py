"""An installer's option that is misspelt: the one that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.cause import Cause

NAME = "option-names"
INSTALL = False
# Long options of `pip install` and `uv pip install` that people write.
_OPTIONS = (
    "--requirement",
    "--constraint",
    "--upgrade",
    "--no-cache-dir",
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--no-deps",
    "--editable",
    "--only-binary",
    "--no-binary",
    "--break-system-packages",
    "--trusted-host",
    "--force-reinstall",
    "--prefer-binary",
)


def propose(situation: Situation) -> Iterator[Proposal]:
    if not situation.found(Cause.USAGE_ERROR):
        return
    for step in situation.prediction.plan.steps:
        text = step.command.text
        for each in simple_commands(text.text):
            spoken = words(each)
            if "install" not in spoken:
                continue
            for index, word in enumerate(spoken):
                option = word.partition("=")[0]
                near = get_close_matches(option, _OPTIONS, n=1, cutoff=0.8) if option.startswith("--") else []
                if not near or near[0] == option:
                    continue
                start = each.words[index].start
                edit = replace_command(situation.tree, text, start, start + len(option), near[0])
                if edit is not None:
                    title = f"write {near[0]} for {option} ({text.path})"
                    yield Proposal(NAME, title, (edit,), names=frozenset({"phase:*"}))
