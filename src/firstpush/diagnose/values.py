"""What `diagnose` says, as frozen values."""

from __future__ import annotations

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Fix
from firstpush.model.text import Span
from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True)
class LogCause:
    """A cause found in a log. `lines`: 1-based numbers of the deciding lines; `texts`: what stands there (cleaned);
    `line`: the one that decides; `command`: what was run, where the log says so; `config`: the guilty place in the
    project; `rule`: code of the rule that predicts the same; `survived`: the log goes on behind it."""

    cause: Cause
    certainty: Certainty
    message: str
    lines: tuple[int, ...]
    line: str
    platform: str | None = None
    builder: str | None = None
    phase: str | None = None
    command: str | None = None
    config: Span | None = None
    rule: str | None = None
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    texts: tuple[str, ...] = ()
    survived: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The causes, best first. `lines`: how many lines the log has; `ended_well`: it says that it succeeded."""

    causes: tuple[LogCause, ...] = ()
    lines: int = 0
    platform: str | None = None
    builder: str | None = None
    ended_well: bool = False
