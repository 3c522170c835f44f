"""What a failed command or a crashed app printed → cause, one sentence, the deciding lines.

Order in the table decides; the signature's first matching line is taken, with the tool's own explanation around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from firstpush.facts import table
from firstpush.model.cause import Cause

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]|\r(?!\n)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x9b]")
_INTERESTING = re.compile(r"(?i)\b(error|exception|failed|fatal|not found|refused|denied|traceback|cannot|no such)\b")
_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Recognised:
    """`lines`: at most some, as printed."""

    cause: Cause
    why: str
    lines: tuple[str, ...]


def clean(output: str) -> str:
    """Without terminal control sequences: what a command printed must not be able to act on the user's terminal."""
    return _UNPRINTABLE.sub("", _COLOURS.sub("", output))


@cache
def _signatures() -> tuple[tuple[Cause, re.Pattern[str], str], ...]:
    rows = table("rehearsal_signatures")["signature"]
    return tuple((Cause(row["cause"]), re.compile(row["pattern"]), row["message"]) for row in rows)


def recognise(output: str, *, exit_code: int | None = None, at_start: bool = False) -> Recognised:
    """`output`: cleaned. Always gives something: `other` with the last telling lines when no signature fits."""
    lines = output.splitlines()
    for cause, pattern, message in _signatures():
        for index, line in enumerate(lines):
            match = pattern.search(line)
            if match:
                if cause is Cause.MODULE_NOT_FOUND_AT_START and not at_start:
                    cause = Cause.MISSING_DEPENDENCY
                words = {name: value or "" for name, value in match.groupdict().items()}
                return Recognised(cause, message.format(**words), _around(lines, index, cause))
    if exit_code in (137, 9):
        return Recognised(Cause.OOM_OR_TIMEOUT, "it was killed", tuple(lines[-3:]))
    telling = [line for line in lines if _INTERESTING.search(line)][-4:] or lines[-4:]
    return Recognised(Cause.OTHER, f"it ended with exit code {exit_code}", tuple(telling))


def _around(lines: list[str], index: int, cause: Cause) -> tuple[str, ...]:
    """The deciding line with what the tool says after it; for a module that is missing, who asked for it."""
    if cause is Cause.PEP668_REFUSED:
        end = index
        for at in range(index, min(len(lines), index + _SHOWN)):
            end = at
            if lines[at].startswith("hint:"):
                break
        return tuple(lines[index : end + 1])
    if cause in (Cause.MODULE_NOT_FOUND_AT_START, Cause.MISSING_DEPENDENCY):
        frames = [line for line in lines[:index] if line.lstrip().startswith("File ") and "/app" in line]
        return (*frames[-1:], lines[index])
    return tuple(lines[index : index + 3])
