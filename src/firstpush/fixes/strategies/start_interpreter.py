"""The start command uses another Python than the one that was installed into, or a script that is off PATH.

Repairs: `python` (the venv's, which is first on PATH) in place of `python3.11` or of a path; the module form
`python -m uvicorn` in place of the script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.config_files import replace_command
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit

NAME = "start-interpreter"
INSTALL = False
CAUSES = (
    Cause.START_PYTHON_MISMATCH,
    Cause.SCRIPT_NOT_ON_PATH,
    Cause.MODULE_NOT_FOUND_AT_START,
    Cause.PYTHON_COMMAND_NOT_FOUND,
    Cause.COMMAND_NOT_FOUND,
    Cause.MISSING_DEPENDENCY,
)
_PYTHON = re.compile(r"(?:.*/)?python(?:\d(?:\.\d+)?)?\Z")
# Console scripts whose module of the same name runs with `python -m`.
_MODULES = frozenset(
    {"uvicorn", "gunicorn", "hypercorn", "daphne", "flask", "celery", "streamlit", "granian", "alembic", "fastapi"}
)
_MODULE_NAMES = {"waitress-serve": "waitress"}


def propose(situation: Situation) -> Iterator[Proposal]:
    start = situation.prediction.plan.start
    if start is None or not any(each.phase == "start" for each in situation.found(*CAUSES)):
        return
    text = start.command.text
    interpreter: list[Edit | None] = []
    module: list[Edit | None] = []
    for command in simple_commands(text.text):
        spoken = words(command)
        if not spoken or not spoken[0]:
            continue
        first = command.words[0]
        name = spoken[0].rsplit("/", 1)[-1]
        if _PYTHON.match(spoken[0]) and spoken[0] != "python":
            interpreter.append(replace_command(situation.tree, text, first.start, first.end, "python"))
        elif name in _MODULES or name in _MODULE_NAMES:
            new = f"python -m {_MODULE_NAMES.get(name, name)}"
            module.append(replace_command(situation.tree, text, first.start, first.end, new))
    where = text.path or ""
    edits = tuple(edit for edit in interpreter if edit is not None)
    if edits:
        title = f"start with `python`, the interpreter that was installed into ({where})"
        yield Proposal(NAME, title, edits, names=frozenset({"start"}))
    edits = tuple(edit for edit in module if edit is not None)
    if edits:
        title = f"start the module with `python -m`, which needs no script on PATH ({where})"
        yield Proposal(NAME, title, edits, names=frozenset({"start"}))
