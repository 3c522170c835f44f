"""The whole rehearsal: replica, build, start, probes, verdict.

In: a `Plan`, the project's folder, options, predicted outcomes by step id, a listener. Out: `Rehearsal`. Raises
`CannotRehearse` (exit 6) when no sandbox or replica can be made; whatever the project does is a result, no exception.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from firstpush.errors import CannotRehearse
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Severity
from firstpush.model.outcome import Outcome, Verdict
from firstpush.model.plan import Plan
from firstpush.rehearsal import agreement, functions, services, start, steps
from firstpush.rehearsal.cache import Cache
from firstpush.rehearsal.door import sources as door_sources
from firstpush.rehearsal.door.server import Door
from firstpush.rehearsal.door.store import Store
from firstpush.rehearsal.keeping import keep_everything
from firstpush.rehearsal.layers import Layers
from firstpush.rehearsal.replica.build import Replica, build, without
from firstpush.rehearsal.replica.tags import tags_of
from firstpush.rehearsal.sandbox.box import BoxSpec, Sandbox, SandboxUnavailable
from firstpush.rehearsal.sandbox.unboxed import HostBox
from firstpush.rehearsal.secrets import Masker
from firstpush.rehearsal.shell import Shell, ShellPlace
from firstpush.rehearsal.source import Sources, collect
from firstpush.rehearsal.steps import Bench
from firstpush.rehearsal.values import (
    CommandResult,
    Difference,
    Event,
    EventKind,
    ProbeResult,
    Rehearsal,
    RehearsalOptions,
    StartResult,
)


@dataclass(slots=True)
class Clock:
    """Seconds spent on each part."""

    begun: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)
    parts: dict[str, float] = field(default_factory=dict)

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.parts[name] = round(self.parts.get(name, 0.0) + now - self.last, 4)
        self.last = now


def rehearse(
    plan: Plan,
    project_root: Path,
    *,
    options: RehearsalOptions | None = None,
    predicted: Mapping[str, Outcome] | None = None,
    on_event: Callable[[Event], None] | None = None,
    shell: Shell | None = None,
) -> Rehearsal:
    """Run `plan` for the project below `project_root`. `predicted`: outcomes by `Step.id`, `start` for the start;
    `shell`: called in the replica's last state (after the failing command), while everything is still there."""
    options = options or RehearsalOptions()
    clock = Clock()
    if plan.unknown is not None:
        raise CannotRehearse(f"the plan of {plan.platform} is not known", why=plan.unknown)
    stopped = next((problem for problem in plan.problems if problem.fatal), None)
    if stopped is not None and not options.keep_going:
        return Rehearsal(
            plan.platform,
            plan.builder,
            plan.root,
            "fails",
            first_failure=f"{plan.builder} stops before the first command: {stopped.message}",
            cause=stopped.cause,
            seconds=time.monotonic() - clock.begun,
        )
    plan = functions.completed(plan)
    cache = Cache(options.cache)
    store = Store(door_sources.read(), cache.index, offline=options.offline)
    replica = build(plan, cache, store, services.programs(options.services)) if options.sandbox else without(plan)
    clock.lap("replica")
    folder = project_root if plan.root in ("", ".") else project_root / plan.root
    found = collect(folder, unix_lines=plan.builder == "nixpacks")
    bench = Bench(
        plan,
        options,
        Layers(cache, replica.identity, folder, plan.app_dir, found),
        Masker(options.env),
        on_event or (lambda event: None),
    )
    steps.prepare(bench, options.env)
    clock.lap("sources")
    if not options.sandbox:
        return _in_sandbox(bench, replica, store, found, predicted or {}, shell, clock)
    try:
        return _in_sandbox(bench, replica, store, found, predicted or {}, shell, clock)
    except SandboxUnavailable as error:
        raise CannotRehearse(
            "no sandbox can be made here",
            found=str(error),
            why="the project's commands are never run without isolation unless you say so",
            next_step="`firstpush doctor` says what is missing; --no-sandbox runs them without isolation.",
        ) from error


def _in_sandbox(
    bench: Bench,
    replica: Replica,
    store: Store,
    found: Sources,
    predicted: Mapping[str, Outcome],
    shell: Shell | None,
    clock: Clock,
) -> Rehearsal:
    plan, options = bench.plan, bench.options
    service_env, service_specs = services.plan(options.services)
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(_box(bench, replica))
        sandbox.unpack(plan.app_dir, found.tar)
        door: Door | None = None
        if sandbox.listener is not None:
            door = Door(
                sandbox.listener, store, tags=tags_of(replica.minors), hosts=options.allow_hosts, refused=bench.refused
            )
            stack.callback(door.close)
            if len(bench.kept) < len(bench.parts):
                store.prefetch(bench.layers.asked_before(), door.tags)
        bench.tell(Event(EventKind.REPLICA, f"replica of {plan.platform} ({plan.builder})", data=replica.differences))
        clock.lap("sandbox")
        results = steps.run(bench, sandbox)
        clock.lap("build")
        if shell is not None and bench.failed is not None:
            _open_shell(shell, bench, sandbox)
        if door is not None:
            door.close()
        sandbox.cut_network()
        started: StartResult | None = None
        probes: list[ProbeResult] = []
        built = all(result.verdict is Verdict.SUCCEEDS or result.skipped for result in results)
        if plan.start is not None and options.start and (built or options.keep_going):
            if plan.start.keeps is not None and sandbox.generation < 0:
                sandbox.mount()
            sandbox.mount(forget=plan.start.keeps is not None)
            with services.running(service_specs, sandbox, bench.tell):
                clock.lap("services")
                started, probes = start.run(bench, sandbox, {**service_env, **options.env})
            clock.lap("start")
        ready = time.monotonic() - clock.begun
        result = _verdict(plan, replica, bench, results, started, probes, predicted, door, ready)
        bench.tell(Event(EventKind.DONE, result.verdict, data=result))
        if shell is not None and bench.failed is None:
            _open_shell(shell, bench, sandbox)
        if door is not None:
            steps.save(bench, sandbox)
            bench.layers.remember_asked(list(door.asked))
        if options.keep is not None:
            result = replace(result, kept=keep_everything(options.keep, result, sandbox))
        clock.lap("keep")
    clock.lap("end")
    return replace(result, timings=dict(clock.parts))


def _box(bench: Bench, replica: Replica) -> Sandbox:
    spec = BoxSpec(
        lowers=replica.lowers,
        over_sources=tuple(str(kept.folder) for kept in reversed(bench.kept)),
        hidden=replica.hidden,
        limits=bench.options.limits,
    )
    return Sandbox(spec) if bench.options.sandbox else HostBox(spec, bench.plan.app_dir)


def _open_shell(shell: Shell, bench: Bench, sandbox: Sandbox) -> None:
    plan = bench.plan
    if sandbox.generation < 0:
        sandbox.mount()
    part = bench.failed
    if part is not None:
        place = ShellPlace(sandbox, part.env, part.step.cwd, 0, f"after `{bench.masker(part.text)}` failed")
    else:
        env = start.environment(bench, plan.start, bench.options.env) if plan.start else {}
        place = ShellPlace(sandbox, env, plan.start.cwd if plan.start else plan.app_dir, 0, "after everything was run")
    shell(place)


def _verdict(
    plan: Plan,
    replica: Replica,
    bench: Bench,
    results: list[CommandResult],
    started: StartResult | None,
    probes: list[ProbeResult],
    predicted: Mapping[str, Outcome],
    door: Door | None,
    seconds: float,
) -> Rehearsal:
    failure, cause = _first_failure(results, started, probes)
    verdict = "fails" if failure else "passes"
    differences = list(replica.differences)
    if door is not None and door.refused:
        names = ", ".join(sorted(door.refused))
        differences.append(
            Difference(f"not reachable from the sandbox: {names}", f"allow it with --allow-host {names.split(', ')[0]}")
        )
    lacking = _explains(replica.missing, cause, results, started) if failure else ()
    if failure and lacking:
        verdict = "unknown"
        failure += f" (the replica lacks {', '.join(lacking)}, which may be why)"
    if failure and started is not None and started.doubt and failure.startswith("start:"):
        verdict, failure = "unknown", f"{failure}. But {started.doubt}"
    blind = next((one for one in differences if one.blind), None)
    if verdict == "passes" and blind is not None:
        verdict, failure = "unknown", f"everything passed, but with {blind.what}"
    foretold = {one.cause for outcome in predicted.values() for one in outcome.failures}
    if verdict == "fails" and blind is not None and cause not in foretold:
        verdict, failure = "unknown", f"{failure} (with {blind.what}, which may be why)"
    doubtful = next((one for one in results if one.verdict is Verdict.UNKNOWN and one.why), None)
    if verdict == "passes" and doubtful is not None:
        verdict, failure = "unknown", f"{doubtful.phase}: {doubtful.why}"
    refusal = next((one for one in plan.problems if one.severity is Severity.ERROR), None)
    if verdict == "passes" and refusal is not None:
        # The builder's own checks are no commands: nothing of them was run.
        verdict, cause = "unknown", refusal.cause
        failure = f"every command passed, but {plan.platform} itself is predicted to refuse: {refusal.message}"
    whole = list(results)
    if started is not None:
        whole.append(
            CommandResult(
                "start",
                "start",
                started.command,
                _start_verdict(started),
                started.exit_code,
                cause=started.cause,
            )
        )
    compared, disagreements = agreement.compare(whole, predicted)
    if blind is not None:  # what differs says nothing of the prediction
        compared, disagreements = compared - len(disagreements), ()
    oldest = min((kept.at for kept in bench.kept), default=None)
    return Rehearsal(
        platform=plan.platform,
        builder=plan.builder,
        root=plan.root,
        verdict=verdict,
        commands=tuple(results),
        start=started,
        probes=tuple(probes),
        differences=tuple(differences),
        disagreements=disagreements,
        compared=compared,
        first_failure=failure,
        cause=cause,
        seconds=seconds,
        reused_from=datetime.fromtimestamp(oldest, UTC).isoformat(timespec="seconds") if oldest else None,
    )


def _start_verdict(started: StartResult) -> Verdict:
    """Of the command itself: a server that listens elsewhere did not fail as a command."""
    if started.doubt:
        return Verdict.UNKNOWN
    return Verdict.FAILS if started.problem and started.exit_code is not None else Verdict.SUCCEEDS


def _explains(
    missing: tuple[str, ...], cause: Cause | None, results: list[CommandResult], started: StartResult | None
) -> tuple[str, ...]:
    """Which packages, that the platform has and the replica has not, may be the reason of a failure."""
    if cause in (Cause.NEEDS_COMPILER, Cause.NEEDS_SYSTEM_LIB):
        return missing
    if cause is not Cause.COMMAND_NOT_FOUND:
        return ()
    lines = [line for result in results if result.verdict is Verdict.FAILS for line in result.lines]
    lines += started.lines if started is not None else ()
    words = {word for line in lines for word in re.findall(r"[\w.+-]+", line)}
    return tuple(name for name in missing if name in words)


def _first_failure(
    results: list[CommandResult], started: StartResult | None, probes: list[ProbeResult]
) -> tuple[str | None, Cause | None]:
    for result in results:
        if result.verdict is Verdict.FAILS:
            return f"{result.phase}: {result.why or 'the command failed'}", result.cause
    if started is not None and started.problem:
        return f"start: {started.problem}", started.cause
    for one in probes:
        if one.problem:
            what = "health" if one.health else "probe"
            return (
                f"{what}: {one.method} {one.path}: {one.problem}",
                Cause.HEALTHCHECK_PATH if one.health else Cause.OTHER,
            )
    return None, None
