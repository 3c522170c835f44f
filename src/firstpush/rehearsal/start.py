"""Starts the app as the platform does, waits for its port, checks its health, sends the user's requests.

In: the bench and the sandbox after the build. Out: `StartResult` and `ProbeResult` values. The port is tried on an
address outside 127/8, as the platform's proxy reaches it: a server on 127.0.0.1 or on another port is found and named.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from firstpush.model.cause import Cause
from firstpush.model.plan import Plan, Start
from firstpush.rehearsal import commands, probe
from firstpush.rehearsal.doubt import doubt
from firstpush.rehearsal.recognise import clean, recognise
from firstpush.rehearsal.sandbox.box import Sandbox
from firstpush.rehearsal.sandbox.job import Running
from firstpush.rehearsal.sandbox.keeper import STAGE
from firstpush.rehearsal.steps import Bench, LineBuffer
from firstpush.rehearsal.values import Event, EventKind, ProbeResult, ProbeSpec, StartResult

DEFAULT_PORT = 8080
_ELSEWHERE = 2.0  # seconds that an app may listen elsewhere only, before that is what it does
_HEALTH_TIMEOUT = 30.0  # enough here for one machine; the platform's own is longer
_LOOPBACK = ("127.", "::1")


def port_of(plan: Plan) -> int:
    return plan.port or (plan.health.port if plan.health and plan.health.port else DEFAULT_PORT)


def environment(bench: Bench, start: Start, service: Mapping[str, str]) -> dict[str, str]:
    """PORT is the platform's, whatever a file says; the build's paths are still there."""
    before: tuple[str, ...] = ()
    for step in bench.plan.steps:
        before = tuple(dict.fromkeys([*(path.value for path in step.paths), *before]))
    env = commands.environment(bench.plan, start, service, before)
    env["PORT"] = service.get("PORT") or str(port_of(bench.plan))
    return env


def run(bench: Bench, sandbox: Sandbox, service: Mapping[str, str]) -> tuple[StartResult, list[ProbeResult]]:
    plan = bench.plan
    start = plan.start
    assert start is not None
    text = str(start.command)
    env = environment(bench, start, service)
    port = int(env["PORT"]) if env["PORT"].isdigit() else port_of(plan)
    bench.tell(Event(EventKind.START, bench.masker(text), "start"))
    begun = time.monotonic()
    try:
        words = commands.argv(text, start.shell)
    except ValueError as error:
        return StartResult(
            text, port, 0.0, problem=f"the command cannot be split into words: {error}", cause=Cause.SHELL_QUOTING
        ), []
    shown = LineBuffer(lambda line: bench.tell(Event(EventKind.OUTPUT, bench.masker(line), "start")))
    uid = 0 if start.user in ("root", "0", "") else 1000
    before = f"{STAGE}/g{sandbox.generation - 1}/root"  # the build's files, when the run-time image keeps only some
    kept = [(f"{before}{folder}", folder) for folder in start.keeps or ()]
    caches = sorted({folder for step in plan.steps for folder in step.cache_directories})  # not part of the image
    running = Running(
        sandbox,
        sandbox.start_command(words, env=env, cwd=start.cwd, uid=uid, writable=kept, emptied=caches),
        bench.options.limits,
        timeout=86400.0,
        on_output=shown,
    )
    problem, cause, listening = _wait_for_port(sandbox, running, port, bench.options.start_timeout)
    seconds = time.monotonic() - begun
    probes: list[ProbeResult] = []
    if problem is None:
        up = StartResult(bench.masker(text), port, seconds, listening=listening)
        bench.tell(Event(EventKind.STARTED, up.command, "start", up))
        probes = _probes(bench, sandbox, running, port)
    crashed = running.poll(0.0)
    if not crashed:
        running.stop("the rehearsal is over")
    finished = running.finished()
    output = bench.masker(clean(finished.output))
    lines: tuple[str, ...] = ()
    code: int | None = None
    if crashed:
        code = finished.exit_code
        found = recognise(output, exit_code=code, at_start=True)
        when = "the app ended before it listened" if problem is not None else "the app ended while it was asked"
        if running.stopped:
            problem, cause = f"{when}: {running.stopped}", Cause.OOM_OR_TIMEOUT
        else:
            problem, cause = f"{when} (exit code {code}): {found.why}", found.cause
        lines = found.lines
    why = doubt(output, known=frozenset(env), at_start=True) if problem is not None else None
    result = StartResult(bench.masker(text), port, seconds, code, output, listening, problem, cause, lines, why)
    if problem is not None:
        bench.tell(Event(EventKind.STARTED, result.command, "start", result))
    return result, probes


def _wait_for_port(
    sandbox: Sandbox, running: Running, port: int, timeout: float
) -> tuple[str | None, Cause | None, tuple[str, ...]]:
    """(problem, cause, addresses listened on)."""
    until = time.monotonic() + timeout
    elsewhere_since: float | None = None
    services = set(sandbox.listening())
    attempt = sandbox.socket()
    look_again = 0.0
    while not running.poll(0.01):
        attempt.settimeout(1.0)
        try:
            attempt.connect((sandbox.address, port))
            attempt.close()
            return None, None, _texts([pair for pair in sandbox.listening() if pair not in services])
        except ConnectionRefusedError:
            pass
        except OSError:
            attempt.close()
            attempt = sandbox.socket()
        now = time.monotonic()
        if now < look_again:
            continue
        look_again = now + 0.25
        others = [pair for pair in sandbox.listening() if pair not in services]
        elsewhere_since = (elsewhere_since or now) if others else None
        if elsewhere_since is not None and now - elsewhere_since > _ELSEWHERE:
            attempt.close()
            return (*_elsewhere(others, port), _texts(others))
        if now > until:
            attempt.close()
            return f"nothing listened on port {port} within {timeout:g} s", Cause.OOM_OR_TIMEOUT, ()
    attempt.close()
    return "the app ended", None, ()


def _elsewhere(found: Sequence[tuple[str, int]], port: int) -> tuple[str, Cause]:
    shown = ", ".join(_texts(found))
    on_port = [address for address, number in found if number == port]
    if any(address.startswith(_LOOPBACK) for address in on_port):
        return f"the app listens on {shown} only: it must listen on 0.0.0.0 to be reached", Cause.BOUND_TO_LOOPBACK
    if on_port:
        return f"the app listens on {shown} for IPv6 only: it is not reached over IPv4", Cause.BOUND_TO_LOOPBACK
    only = " and only this machine reaches it" if all(one.startswith(_LOOPBACK) for one, _port in found) else ""
    return f"the app listens on {shown}{only}, but the platform asks port {port} (its PORT)", Cause.PORT_HARDCODED


def _texts(found: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"[{address}]:{port}" if ":" in address else f"{address}:{port}" for address, port in found)


def _probes(bench: Bench, sandbox: Sandbox, running: Running, port: int) -> list[ProbeResult]:
    health = bench.plan.health

    def connect(timeout: float) -> socket.socket:
        one = sandbox.socket()
        one.settimeout(timeout)
        one.connect((sandbox.address, port))
        return one

    results: list[ProbeResult] = []
    if health is not None and health.path is not None:
        results.append(_health(bench, running, connect))
        bench.tell(Event(EventKind.PROBE, results[-1].path, "health", results[-1]))
    for spec in bench.options.probes:
        running.poll(0.0)
        result = probe.send(connect, spec, "replica.local", bench.masker)
        results.append(result)
        bench.tell(Event(EventKind.PROBE, result.path, "probe", result))
    if not results:  # nothing was asked for: show what the app says, judge nothing
        results.append(probe.send(connect, ProbeSpec(timeout=10.0), "replica.local", bench.masker))
        bench.tell(Event(EventKind.PROBE, "/", "probe", results[-1]))
    return results


def _health(bench: Bench, running: Running, connect: object) -> ProbeResult:
    """The platform's check: until the required status comes or its time is over. Final answers end it."""
    health = bench.plan.health
    assert health is not None
    assert health.path is not None
    assert callable(connect)
    allowed = health.timeout.value if health.timeout else _HEALTH_TIMEOUT
    until = time.monotonic() + min(allowed, max(bench.options.start_timeout, _HEALTH_TIMEOUT))
    path = health.path.value if health.path.value.startswith("/") else "/" + health.path.value
    settled = time.monotonic() + _ELSEWHERE
    attempts = 0
    while True:
        attempts += 1
        result = probe.send(connect, ProbeSpec(path=path, timeout=10.0), health.host or "replica.local", bench.masker)
        good = result.status in health.status
        problem = None if good else _health_problem(result, health.status)
        result = replace(result, health=True, attempts=attempts, problem=problem)
        now = time.monotonic()
        if good or now > until or (result.status in probe.FINAL and now > settled) or running.poll(0.3):
            return result


def _health_problem(result: ProbeResult, wanted: Sequence[int]) -> str:
    if result.status is None:
        return result.problem or "no answer"
    return f"status {result.status}, the platform requires {' or '.join(map(str, wanted))}"
