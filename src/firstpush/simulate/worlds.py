"""All the ways that a script can go where something is not known, joined to one outcome.

In: a state, a shell, a script's text; out: an `Execution`. A script is run once per world; where every world fails (or
works), that is certain; else the outcome is unknown, for the reason on which the worlds part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.outcome import Failure, Outcome, Place, Verdict
from firstpush.model.text import SpannedText
from firstpush.model.value import dataclass, replace
from firstpush.simulate.shell.parser import parse
from firstpush.simulate.shell.runner import Runner
from firstpush.simulate.shell.session import Leave, OutOfFuel, Shell, Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.state import State

MAX_WORLDS = 24


@dataclass(frozen=True, slots=True)
class World:
    """One run: how it ended, what failed on the way (in order), and the state and shell after it."""

    status: Status
    failures: tuple[tuple[Failure, bool], ...]
    places: tuple[Place, ...]
    state: State
    shell: Shell
    choices: tuple[bool, ...]
    reasons: tuple[str, ...]

    @property
    def decided(self) -> Failure | None:
        """The first failure that was not masked."""
        return next((failure for failure, masked in self.failures if not masked and not failure.warning), None)


@dataclass(frozen=True, slots=True)
class Execution:
    """The joined outcome; `world`: the first one, in which everything unknown went well; `begun`: the state before."""

    outcome: Outcome
    world: World
    begun: State

    @property
    def state(self) -> State:
        return self.world.state

    @property
    def shell(self) -> Shell:
        return self.world.shell


Body = Callable[[Runner, Shell], Status]


def execute(state: State, shell: Shell, text: SpannedText, *, past: bool = False) -> Execution:
    """Run a script's text in all worlds. `state` and `shell` are not changed. `past`: go past failures."""
    script = parse(text.text)
    return execute_body(state, shell, lambda run, inner: run.script(script, inner, text), past=past)


def execute_body(state: State, shell: Shell, body: Body, *, past: bool = False) -> Execution:
    """Like `execute`, for anything that a runner can run."""
    worlds: list[World] = []
    pending: list[tuple[bool, ...]] = [()]
    complete = True
    while pending:
        if len(worlds) >= MAX_WORLDS:
            complete = False
            break
        world = _world(state.copy(), shell.copy(), body, past, pending.pop())
        worlds.append(world)
        pending.extend(_siblings(world, worlds))
        if len({_verdict(one, past) for one in worlds}) > 1:
            break
    return Execution(_join(worlds, complete, past), worlds[0], state)


def _siblings(world: World, worlds: list[World]) -> list[tuple[bool, ...]]:
    """The runs that differ from this one in one later choice."""
    seen = {one.choices for one in worlds}
    found: list[tuple[bool, ...]] = []
    for position in range(len(world.choices)):
        if world.choices[position]:
            other = (*world.choices[:position], False)
            if not any(one[: len(other)] == other for one in seen):
                found.append(other)
    return found


def _world(state: State, shell: Shell, body: Body, past: bool, choices: tuple[bool, ...]) -> World:
    run = Runner(state, past=past, choices=choices)
    try:
        status = body(run, shell)
    except Leave as leave:
        status = leave.status
    except OutOfFuel:
        status = unknown("the script does more than is followed")
    except RecursionError:
        status = unknown("the script is nested too deeply")
    made = tuple(run.choices[: len(run.reasons)])
    return World(status, tuple(run.recorder.failures()), tuple(run.places), state, shell, made, tuple(run.reasons))


def _verdict(world: World, past: bool) -> Verdict:
    if world.status.failed or (past and world.decided is not None):
        return Verdict.FAILS
    return Verdict.UNKNOWN if world.status.code is None else Verdict.SUCCEEDS


def _join(worlds: list[World], complete: bool, past: bool) -> Outcome:
    first = worlds[0]
    verdicts = {_verdict(world, past) for world in worlds}
    failures = tuple(replace(failure, masked=masked) for failure, masked in first.failures)
    if len(verdicts) == 1 and (complete or Verdict.UNKNOWN in verdicts):
        verdict = verdicts.pop()
    else:
        verdict = Verdict.UNKNOWN
    if verdict is Verdict.FAILS:
        failing = _telling([w for w in worlds if w.decided is not None or w.status.failure is not None]) or first
        failure = failing.decided if past or failing.status.failure is None else failing.status.failure
        if failure is None and failing.status.failure is not None:
            failure = failing.status.failure
        listed = tuple(replace(one, masked=masked) for one, masked in failing.failures)
        if failure is not None and not any(not one.masked and one.cause is failure.cause for one in listed):
            listed = (*listed, replace(failure, masked=False))
        code = failing.status.code if not past else None
        return Outcome(verdict, code, listed, None, failure.why if failure is not None else first.status.why)
    if verdict is Verdict.SUCCEEDS:
        places = {_place(world) for world in worlds}
        where = places.pop() if len(places) == 1 else None
        return Outcome(verdict, 0, failures, where, _success(where))
    why = next((w.status.why for w in worlds if w.status.why), "") or next(
        (reason for w in worlds for reason in w.reasons if reason), "not everything that decides is known"
    )
    # Some world goes on without any failure: one that is met on the way of another is not certain.
    return Outcome(verdict, None, tuple(one for one in failures if one.masked or one.warning), None, why)


def _telling(failing: list[World]) -> World | None:
    """The world whose failure says most: not the one that a script ends by itself (`exit 1`), if there is another."""
    for world in failing:
        failure = world.decided or world.status.failure
        if failure is not None and failure.cause is not Cause.OTHER:
            return world
    return failing[0] if failing else None


def _place(world: World) -> Place:
    """Where distributions were put last; what was removed afterwards does not change where."""
    told = [place for place in world.places if place not in (Place.NONE, Place.REMOVED)]
    if told:
        return told[-1]
    return Place.REMOVED if Place.REMOVED in world.places else Place.NONE


_SUCCESS = {
    Place.SYSTEM: "distributions are put into the interpreter's own site directory",
    Place.USER: "distributions are put into the user's site directory",
    Place.VENV: "distributions are put into a virtual environment",
    Place.TARGET: "distributions are put into a folder of their own",
    Place.TOOL: "a tool is installed in an environment of its own",
    Place.FILE: "distributions are saved as files",
    Place.REMOVED: "distributions are removed",
}


def _success(where: Place | None) -> str:
    return _SUCCESS.get(where, "the command succeeds") if where is not None else "the command succeeds"
