"""Three-valued outcomes of simulated and real commands. Unknown is never reported as failure."""

from __future__ import annotations

from enum import StrEnum

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.value import dataclass


class Verdict(StrEnum):
    """Of a command: succeeds, fails, unknown."""

    SUCCEEDS = "succeeds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Place(StrEnum):
    """Where distributions were put (docs/simulate.md)."""

    SYSTEM = "system"
    USER = "user"
    VENV = "venv"
    TARGET = "target"
    TOOL = "tool"
    FILE = "file"
    REMOVED = "removed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a simple command fails: the cause, one sentence, the guilty words, the chain of facts, the tool's output."""

    cause: Cause
    why: str
    label: Label | None = None
    trace: tuple[TraceStep, ...] = ()
    output: str | None = None
    masked: bool = False  # `|| true`, `;`: the command list goes on and may exit 0
    program: str = ""  # what refused: pip, uv, ensurepip, bash, …
    waiting: bool = False  # met only by going past an earlier failure
    warning: bool = False  # nothing fails here; it fails under a condition, or does not serve its purpose


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one command line (a step, a start, a `simulate` request).

    `failures`: in the order met, the first is what the user sees first; also those that the shell hides (`masked`)
    and those met after the first by going on as if it had worked."""

    verdict: Verdict
    exit_code: int | None = None
    failures: tuple[Failure, ...] = ()
    where: Place | None = None
    why: str = ""

    @property
    def failure(self) -> Failure | None:
        return next((one for one in self.failures if not one.masked and not one.warning), None)
