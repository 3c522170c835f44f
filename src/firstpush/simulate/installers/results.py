"""Short ways to say a `Result`. In: what happened; out: `Result`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.outcome import Failure, Place
from firstpush.model.value import replace
from firstpush.simulate.invocation import Effect, Invocation, Result, Word


def done(
    place: Place = Place.NONE,
    effects: Iterable[Effect] = (),
    *,
    stdout: str | None = None,
    notes: Iterable[TraceStep] = (),
) -> Result:
    """It exits 0."""
    return Result(0, effects=tuple(effects), place=place, stdout=stdout, notes=tuple(notes))


def unsure(why: str, intended: Iterable[Effect] = ()) -> Result:
    """It cannot be known."""
    return Result(None, unknown=why, intended=tuple(intended))


def failed(
    invocation: Invocation,
    cause: Cause,
    why: str,
    exit_code: int,
    *,
    word: Word | None = None,
    trace: Iterable[str | TraceStep] = (),
    effects: Iterable[Effect] = (),
    intended: Iterable[Effect] = (),
    output: str | None = None,
    stdout: str | None = None,
    label: str = "",
) -> Result:
    """It exits with `exit_code`. `word`: the guilty word (the program's name when None); `trace`: rungs after those
    that resolved the name."""
    guilty = word if word is not None and word.span is not None else (invocation.argv[0] if invocation.argv else None)
    place = Label(guilty.span, label or why) if guilty is not None and guilty.span is not None else None
    rungs = (*invocation.trace, *(TraceStep(step) if isinstance(step, str) else step for step in trace))
    return Result(
        exit_code,
        Failure(cause, why, place, rungs, output, program=program_of(invocation)),
        effects=tuple(effects),
        intended=tuple(intended),
        stdout=stdout,
    )


def program_of(invocation: Invocation) -> str:
    """The program that speaks: `pip` for pip3, /opt/venv/bin/pip3.11 and `-m pip`; `get-pip` for get-pip.py."""
    name = (invocation.argv[0].text or "").rpartition("/")[2] if invocation.argv else ""
    if re.fullmatch(r"pip[\d.]*", name) or name.endswith(".whl"):
        return "pip"
    return name.removesuffix(".py") if name == "get-pip.py" else name


def without(invocation: Invocation, word: Word | None) -> Invocation | None:
    """The same command line without one of its words; None when it does not stand there."""
    rest = tuple(other for other in invocation.argv[1:] if other is not word)
    if word is None or len(rest) == len(invocation.argv) - 1:
        return None
    return replace(invocation, argv=(invocation.argv[0], *rest))


def spoken(invocation: Invocation) -> str:
    """The command as text, unknown words as `…`."""
    return " ".join("…" if word.text is None else shlex.quote(word.text) for word in invocation.argv)


def write_problem(kind: str) -> Cause:
    """The cause for what `FileSystem.writable` says."""
    return Cause.READ_ONLY_FILESYSTEM if kind == "read-only" else Cause.PERMISSION_DENIED


def os_error(kind: str, path: str) -> str:
    """CPython's words for the same."""
    return (
        f"[Errno 30] Read-only file system: {path!r}"
        if kind == "read-only"
        else f"[Errno 13] Permission denied: {path!r}"
    )
