"""A start command that needs a shell, where the platform runs it without one: wrap it in `sh -c '…'`."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.plan import ShellForm

NAME = "start-shell"
INSTALL = False
CAUSES = (Cause.CD_EXEC_FORM, Cause.PORT_NOT_EXPANDED, Cause.SHELL_QUOTING, Cause.COMMAND_NOT_FOUND)


def propose(situation: Situation) -> Iterator[Proposal]:
    start = situation.prediction.plan.start
    if start is None or start.shell is not ShellForm.EXEC or not situation.found(*CAUSES):
        return
    text = start.command.text
    edit = replace_command(situation.tree, text, 0, len(text.text), wrapped(text.text))
    if edit is not None:
        title = f"run the start command in a shell: `sh -c` ({text.path})"
        yield Proposal(NAME, title, (edit,), names=frozenset({"start"}))


def wrapped(command: str) -> str:
    """The command as argument of `sh -c`, for a reader that splits words as a shell does but expands nothing."""
    if "'" not in command:
        return f"sh -c '{command}'"
    escaped = command.replace("\\", "\\\\").replace('"', '\\"')
    return f'sh -c "{escaped}"'
