"""Runs the plan's build commands in a sandbox, or takes what they wrote from a kept layer.

In: a `Bench` (plan, replica, sandbox, options). Out: `CommandResult` values, in order. Kept layers are chosen before
the sandbox is made (they are lowers of its overlay), new ones are saved after everything that the user waits for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from firstpush.model.cause import Cause
from firstpush.model.outcome import Verdict
from firstpush.model.plan import Plan, Step
from firstpush.rehearsal import commands
from firstpush.rehearsal.doubt import doubt
from firstpush.rehearsal.layers import Kept, Layers
from firstpush.rehearsal.recognise import clean, recognise
from firstpush.rehearsal.sandbox.box import Sandbox
from firstpush.rehearsal.sandbox.job import Finished, Running
from firstpush.rehearsal.secrets import Masker
from firstpush.rehearsal.values import CommandResult, Event, EventKind, RehearsalOptions

_ASKED_BY_VENV = ("PYTHON", "PIP_", "PATH", "HOME", "LD_", "VIRTUAL", "NIXPACKS_PATH", "UV_", "LANG", "LC_")


@dataclass(frozen=True, slots=True)
class Part:
    """A step, or the part of one that is kept as a layer of its own. `last`: the step ends with it; `shared`: it sees
    no file of the project, so that all projects may use its layer."""

    step: Step
    text: str
    env: Mapping[str, str]
    key: str
    last: bool
    shared: bool = False


@dataclass(slots=True)
class Pending:
    """What a finished part wrote, still in the sandbox: to be saved later."""

    generation: int
    key: str
    inputs: dict[str, str]
    output: str
    seconds: float


@dataclass(slots=True)
class Bench:
    """What the steps of one rehearsal share."""

    plan: Plan
    options: RehearsalOptions
    layers: Layers
    masker: Masker
    tell: Callable[[Event], None]
    parts: list[Part] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    failed: Part | None = None
    refused: set[str] = field(default_factory=set)  # hosts that the door does not reach; the door adds to it
    variants: list[tuple[str, ...] | None] = field(default_factory=lambda: [None])  # the sources that steps see


def prepare(bench: Bench, service: Mapping[str, str]) -> None:
    """Fill `bench.parts`, and `bench.kept` with the layers that the first of them can be taken from."""
    before: tuple[str, ...] = ()
    chain: list[object] = []
    started = False  # a command of the project's own plan came before
    for step in bench.plan.steps:
        env = commands.environment(bench.plan, step, service, before)
        before = tuple(dict.fromkeys([*(path.value for path in step.paths), *before]))
        text = str(step.command)
        pieces = [text]
        if commands.emulated(step) is None:
            pieces = list(commands.split_venv(text) or [text])
        for piece in pieces:
            shared = len(pieces) > 1 and piece is pieces[0] and not started and not _shadows(bench)
            seen = {name: value for name, value in env.items() if not shared or name.startswith(_ASKED_BY_VENV)}
            chain.append([piece, str(step.shell), step.cwd, sorted(seen.items()), step.user, step.files])
            key = bench.layers.shared_key(chain) if shared else bench.layers.key(chain)
            bench.parts.append(Part(step, piece, env, key, last=piece is pieces[-1], shared=shared))
            started = started or commands.emulated(step) is None
    if bench.options.fresh or not bench.options.sandbox:
        return
    below: Path | None = None
    for part in bench.parts:
        if commands.emulated(part.step) is not None:
            continue
        kept = bench.layers.find(part.key, below)
        if kept is None:
            break
        bench.kept.append(kept)
        below = kept.folder


def _shadows(bench: Bench) -> bool:
    """Whether a file of the project stands for a module of the standard library when Python is started beside it."""
    names = {path.split("/")[0].removesuffix(".py") for path in bench.layers.sources.hashes}
    return bool(names & sys.stdlib_module_names)


def run(bench: Bench, sandbox: Sandbox) -> list[CommandResult]:
    """Run what no layer stands for. Stops after a failure as the platform does, unless `keep_going`."""
    results: list[CommandResult] = []
    kept = list(bench.kept)
    stopped = False
    broken: str | None = None  # the step whose first part failed
    so_far: list[tuple[str, float]] = []
    opened: dict[str, str] = {}
    for part in bench.parts:
        step, phase = part.step, part.step.builder_phase or str(part.step.phase)
        command = bench.masker(str(step.command))
        origin = step.command.origin.describe()
        if part.step.id == broken:
            continue
        if stopped:
            if part.last:
                why = "an earlier command failed"
                _tell(
                    bench, results, CommandResult(step.id, phase, command, Verdict.UNKNOWN, skipped=why, origin=origin)
                )
            continue
        why_not = commands.emulated(part.step)
        if why_not is not None:
            what = step.label or command
            _tell(bench, results, CommandResult(step.id, phase, what, Verdict.UNKNOWN, skipped=why_not, origin=origin))
            continue
        if not so_far:
            bench.tell(Event(EventKind.COMMAND, command, phase))
        if kept:
            layer = kept.pop(0)
            so_far.append((layer.output, layer.seconds))
            if part.last:
                output = "".join(text for text, _ in so_far)
                result = CommandResult(
                    step.id, phase, command, Verdict.SUCCEEDS, 0, 0.0, output, reused=True, origin=origin
                )
                so_far = []
                _tell(bench, results, result)
            continue
        refused_before = set(bench.refused)
        finished = _run_part(bench, sandbox, part, phase)
        output = bench.masker(commands.without_door(clean(finished.output)))
        so_far.append((output, finished.seconds))
        failed = finished.exit_code != 0 or finished.stopped is not None
        if not failed and broken is None:
            opened |= {} if part.shared else bench.layers.inputs(finished.opened)
            bench.pending.append(Pending(sandbox.generation, part.key, dict(opened), output, finished.seconds))
        if failed or part.last:
            result = _result(part, phase, command, origin, so_far, finished)
            if failed and bench.refused - refused_before:
                result = _doubtful(result, sorted(bench.refused - refused_before))
            elif failed and (unsure := doubt(result.output, known=frozenset(part.env) | frozenset(bench.options.env))):
                result = replace(result, verdict=Verdict.UNKNOWN, cause=None, why=unsure)
            so_far = []
            _tell(bench, results, result)
            stopped = failed and not bench.options.keep_going and not step.optional
            if failed:
                broken = step.id
                bench.failed = bench.failed or part
    return results


def _doubtful(result: CommandResult, hosts: list[str]) -> CommandResult:
    """A command that failed here because it asks a host that only the platform lets it reach: we do not know."""
    why = f"it asks {', '.join(hosts)}, which a rehearsal does not reach (--allow-host {hosts[0]})"
    return replace(result, verdict=Verdict.UNKNOWN, cause=None, why=why)


def _tell(bench: Bench, results: list[CommandResult], result: CommandResult) -> None:
    results.append(result)
    bench.tell(Event(EventKind.COMMAND_DONE, result.command, result.phase, result))


def _run_part(bench: Bench, sandbox: Sandbox, part: Part, phase: str) -> Finished:
    sandbox.mount(variant=_variant(bench, sandbox, () if part.shared else part.step.files))
    door = commands.door_env(bench.layers.sources.hashes) if sandbox.listener is not None else {}
    env = {**part.env, **door, **bench.options.env}
    try:
        words = commands.argv(part.text, part.step.shell)
    except ValueError:
        words = ["/bin/sh", "-c", part.text]
    started = sandbox.start_command(
        words, env=env, cwd=part.step.cwd, uid=_uid(bench.plan, part.step.user), watch=bench.plan.app_dir
    )
    buffer = LineBuffer(
        lambda line: bench.tell(Event(EventKind.OUTPUT, commands.without_door(bench.masker(line)), phase))
    )
    running = Running(sandbox, started, bench.options.limits, on_output=buffer)
    while not running.poll(0.1):
        buffer.tick()
    return running.finished()


def _variant(bench: Bench, sandbox: Sandbox, files: tuple[str, ...] | None) -> int:
    """Which layer of sources a step sees: the builder may have copied only some files so far."""
    if files not in bench.variants:
        assert files is not None
        bench.variants.append(files)
        sandbox.unpack(bench.plan.app_dir, bench.layers.sources.only(files), bench.variants.index(files))
    return bench.variants.index(files)


def _uid(plan: Plan, user: str) -> int:
    if user in ("root", "0", ""):
        return 0
    if user.isdigit():
        return int(user)
    assert plan.machine is not None
    return plan.machine.user.uid if plan.machine.user.name == user else 1000


def _result(
    part: Part, phase: str, command: str, origin: str, so_far: list[tuple[str, float]], finished: Finished
) -> CommandResult:
    output = "".join(text for text, _ in so_far)
    seconds = sum(seconds for _, seconds in so_far)
    step = part.step
    if finished.exit_code == 0 and finished.stopped is None:
        return CommandResult(step.id, phase, command, Verdict.SUCCEEDS, 0, seconds, output, origin=origin)
    if finished.stopped is not None:
        return CommandResult(
            step.id,
            phase,
            command,
            Verdict.FAILS,
            finished.exit_code,
            seconds,
            output,
            Cause.OOM_OR_TIMEOUT,
            finished.stopped,
            stopped=finished.stopped,
            origin=origin,
        )
    found = recognise(output, exit_code=finished.exit_code)
    return CommandResult(
        step.id,
        phase,
        command,
        Verdict.FAILS,
        finished.exit_code,
        seconds,
        output,
        found.cause,
        found.why,
        found.lines,
        origin=origin,
    )


def save(bench: Bench, sandbox: Sandbox) -> None:
    """Keep what the successful parts wrote, up to the first that failed. A part that cannot be kept ends the chain."""
    below = bench.kept[-1].folder if bench.kept else None
    skipped = [f"{folder.strip('/')}" for step in bench.plan.steps for folder in step.cache_directories]
    for pending in bench.pending:
        with bench.layers.cache.building() as folder:
            target = folder / "layer"
            error = sandbox.keep(pending.generation, target, ["tmp", "run", "root/.cache", *skipped])
            if error is not None:
                return
            below = bench.layers.save(pending.key, target, below, pending.inputs, pending.output, pending.seconds)


class LineBuffer:
    """Passes whole lines on, cleaned, at most some each second: progress for a person, not the log."""

    def __init__(self, give: Callable[[str], None], every: float = 0.05) -> None:
        self.give = give
        self.every = every
        self.rest = ""
        self.last = ""
        self.next = 0.0

    def __call__(self, text: str) -> None:
        *lines, self.rest = (self.rest + text).replace("\r", "\n").split("\n")
        self.rest = self.rest[-4096:]
        telling = [line for line in lines if line.strip()]
        if telling and time.monotonic() >= self.next:
            self.next = time.monotonic() + self.every
            self.last = clean(telling[-1])
            self.give(self.last)

    def tick(self) -> None:
        """Say the last line again when nothing new came for a second: time goes on."""
        if time.monotonic() >= self.next + 1.0:
            self.next = time.monotonic()
            self.give(self.last)
