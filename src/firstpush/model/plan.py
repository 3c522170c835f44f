"""What a platform will do with a project: the `Plan`, common to all platforms.

Steps are in the order in which the platform runs them. A platform module makes the plan; `simulate` runs it on a model
of the build machine; `rehearsal` runs it for real. Both take the same value, so their outcomes can be compared step by
step (by `Step.id`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity, TraceStep
from firstpush.model.machine import Machine
from firstpush.model.origin import Command, Located, Origin
from firstpush.model.value import dataclass, field


class ShellForm(StrEnum):
    """How a command string is run."""

    BASH_LOGIN_PIPEFAIL = "bash -ol pipefail -c"  # a RUN of Nixpacks' image
    BASH_LOGIN = "bash -l -c"  # the start of Nixpacks' image
    BASH = "bash -c"
    SH = "sh -c"
    EXEC = "exec"  # no shell: split into words, nothing expanded


class Phase(StrEnum):
    """The phases in which `check` reports."""

    CONFIG = "config"
    SETUP = "setup"
    INSTALL = "install"
    BUILD = "build"
    RELEASE = "release"
    START = "start"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Step:
    """One command that the platform runs.

    `env`: added to the machine's environment; `paths`: put before PATH (as Nixpacks' `paths`), in order;
    `files`: which project files are present (None: all of them; a tuple: just these); `cwd`: absolute;
    `builder_phase`: the platform's own name of the phase (`install`, `python:install`);
    `isolated`: a new shell and a new environment, only files persist (always so on Nixpacks; False: state goes on);
    `label`: what to call it where the command is not a user's (`nix-env -if …`).
    """

    id: str
    phase: Phase
    command: Command
    shell: ShellForm
    cwd: str
    env: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[Located[str], ...] = ()
    files: tuple[str, ...] | None = None
    cache_directories: tuple[str, ...] = ()
    builder_phase: str = ""
    isolated: bool = True
    optional: bool = False  # its failure does not stop the deployment
    label: str = ""
    user: str = "root"


@dataclass(frozen=True, slots=True)
class Packages:
    """System packages that the setup puts on the machine, with the place of each name."""

    manager: str  # nix, apt, …
    names: tuple[Located[str], ...]
    archive: str | None = None  # nixpkgs commit
    libraries: tuple[Located[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """How the app is started. `keeps`: absolute folders of the build that exist at run time (None: everything)."""

    command: Command
    shell: ShellForm
    cwd: str
    env: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[Located[str], ...] = ()
    user: str = "root"
    keeps: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The platform's check after the start. `timeout` in seconds."""

    path: Located[str] | None
    timeout: Located[float] | None = None
    port: int | None = None  # None: the injected PORT
    status: tuple[int, ...] = (200,)
    host: str | None = None  # the Host header that the platform sends


@dataclass(frozen=True, slots=True)
class Dormant:
    """A file that is present but that the winning builder ignores."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """Something that the platform itself (or we) find wrong while the plan is made; a rule turns it into a diagnostic.

    `message`: what is wrong, one sentence; `output`: the platform's own words; `fatal`: the platform stops here;
    `key`: which kind of problem within the cause, for the rule that picks it up (`nixpacks-unknown-key`)."""

    key: str
    cause: Cause
    severity: Severity
    message: str
    primary: Label
    related: tuple[Label, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    phase: Phase = Phase.CONFIG
    fatal: bool = False
    output: str | None = None
    help: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A platform's plan for one deployment.

    `root`: the deployed folder relative to the checked folder (`.`); `machine`: the build machine before the first
    step, project files not included; `app_dir`: where the project's files are on it; `native`: the plan in the
    builder's own format (JSON values); `origins`: JSON path in `native` → origin; `port`: what the platform injects;
    `notes`: facts about the plan worth saying (which start command lost to which)."""

    platform: str
    builder: str
    builder_version: str | None
    root: str
    machine: Machine | None
    app_dir: str
    packages: tuple[Packages, ...] = ()
    steps: tuple[Step, ...] = ()
    start: Start | None = None
    health: HealthCheck | None = None
    port: int | None = None
    variables: Mapping[str, Located[str]] = field(default_factory=dict)
    dormant: tuple[Dormant, ...] = ()
    problems: tuple[PlanProblem, ...] = ()
    notes: tuple[str, ...] = ()
    native: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    unknown: str | None = None  # why the plan cannot be known (a dashboard setting decides)
    as_of: str | None = None  # date (YYYY-MM-DD) that the plan is made for
