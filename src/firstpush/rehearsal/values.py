"""The frozen values of a rehearsal: what is asked for, what happens meanwhile, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from firstpush.model.cause import Cause
from firstpush.model.outcome import Verdict
from firstpush.rehearsal.sandbox.limits import Limits


@dataclass(frozen=True, slots=True)
class ProbeSpec:
    """A request of the user's and what must come back. `json`: sent as JSON; `body`: sent as it is; `status`: the
    expected status; `expect`: JSON that the answer must contain (objects: at least these keys); `contains`: text."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    body: str | None = None
    status: int | None = None
    expect: Any = None
    contains: str | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class RehearsalOptions:
    """`env`: service variables (secret: never shown); `probes`: the user's requests besides the health path;
    `services`: postgres, redis; `offline`: no index; `fresh`: reuse no layer; `sandbox`: False runs without isolation
    (only after the user said so); `keep`: folder for logs and the written files; `start`: False ends after the build;
    `allow_hosts`: hosts that the project's own configuration names as package indexes."""

    env: Mapping[str, str] = field(default_factory=dict)
    probes: tuple[ProbeSpec, ...] = ()
    services: tuple[str, ...] = ()
    offline: bool = False
    keep_going: bool = False
    fresh: bool = False
    sandbox: bool = True
    start: bool = True
    keep: Path | None = None
    cache: Path | None = None
    allow_hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    start_timeout: float = 60.0


class EventKind(StrEnum):
    """What a listener is told, in this order."""

    REPLICA = "replica"
    COMMAND = "command"
    OUTPUT = "output"
    COMMAND_DONE = "command-done"
    START = "start"
    STARTED = "started"
    PROBE = "probe"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened. `text`: already masked; `data`: the value it is about (CommandResult, ProbeResult, …)."""

    kind: EventKind
    text: str = ""
    phase: str = ""
    data: Any = None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """A command's real outcome. `id`: of the plan's step (`start` for the start); `reused`: taken from an earlier
    rehearsal's layer; `skipped`: why it was not run; `lines`: the deciding lines; `stopped`: the limit that hit."""

    id: str
    phase: str
    command: str
    verdict: Verdict
    exit_code: int | None = None
    seconds: float = 0.0
    output: str = ""
    cause: Cause | None = None
    why: str = ""
    lines: tuple[str, ...] = ()
    stopped: str | None = None
    reused: bool = False
    skipped: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """A request's answer. `problem`: None when it is what was expected."""

    method: str
    path: str
    status: int | None
    seconds: float
    body: str = ""
    problem: str | None = None
    health: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class StartResult:
    """`listening`: addresses the app listens on; `problem`: why it cannot be reached; `doubt`: why that may be none
    on the platform; `seconds` to the open port."""

    command: str
    port: int
    seconds: float
    exit_code: int | None = None
    output: str = ""
    listening: tuple[str, ...] = ()
    problem: str | None = None
    cause: Cause | None = None
    lines: tuple[str, ...] = ()
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the replica is not the platform. `effect`: what that may change; `blind`: so much that a result here that
    was not predicted says nothing of the platform."""

    what: str
    effect: str
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Prediction and reality differ for a command: a bug of ours."""

    id: str
    command: str
    predicted: str
    real: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The whole rehearsal. `verdict`: passes, fails or unknown; `first_failure`: one sentence, None when it passes;
    `seconds`: total, by part in `timings`; `kept`: where the logs and files are."""

    platform: str
    builder: str
    root: str
    verdict: str
    commands: tuple[CommandResult, ...] = ()
    start: StartResult | None = None
    probes: tuple[ProbeResult, ...] = ()
    differences: tuple[Difference, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    compared: int = 0
    first_failure: str | None = None
    cause: Cause | None = None
    seconds: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)
    reused_from: str | None = None
    kept: str | None = None
