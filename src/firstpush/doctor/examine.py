"""What this machine's Pythons are, what an install would do with each, and the right way here.

In: environment, working directory; out: `Examination`. The verdicts come from the simulator that judges deployments.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from firstpush.doctor.machine import describe, os_release, python_of
from firstpush.doctor.pythons import LocalPython, LocalTool, find_pythons, find_tools
from firstpush.model.machine import Machine

PACKAGE = "some-package"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a command would do here: `outcome` succeeds, fails or unknown; `cause` or `where`; `why` in a sentence;
    `output`: the very words of a refusal."""

    command: str
    outcome: str
    cause: str | None
    where: str | None
    why: str
    output: str | None = None


@dataclass(frozen=True, slots=True)
class PythonReport:
    """One Python. `managed_by`: who says so; None: nobody; `marker_words`: what the marker tells users."""

    names: tuple[str, ...]
    version: str
    prefix: str
    virtual: bool
    marker: str | None
    managed_by: str | None
    marker_words: str | None
    pip: str | None
    verdicts: tuple[Verdict, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Examination:
    """The machine as it is."""

    system: str
    pythons: tuple[PythonReport, ...]
    tools: tuple[tuple[str, Verdict], ...]
    machine: Machine = field(repr=False)


def examine(env: Mapping[str, str], cwd: str) -> Examination:
    """Look at every Python, pip and uv on PATH. Starts each Python once."""
    pythons, tools = find_pythons(env), find_tools(env)
    machine = describe(pythons, tools, env, cwd)
    release = os_release()
    reports = tuple(_report(python, machine) for python in pythons)
    judged = tuple((tool.path, verdict) for tool in tools if (verdict := _tool(tool, pythons, machine)) is not None)
    return Examination(release.get("PRETTY_NAME", "this system"), reports, judged, machine)


def judge(machine: Machine, words: list[str]) -> Verdict:
    """What the simulator says of one command."""
    from firstpush.simulate import simulate

    answer = simulate(machine, shlex.join(words))
    said = answer.to_answer()
    output = next((failure.output for failure in answer.outcome.failures if failure.output), None)
    return Verdict(shlex.join(words), said["outcome"], said["cause"], said["where"], said["why"], output)


def _report(python: LocalPython, machine: Machine) -> PythonReport:
    from firstpush.simulate.installers.wording import pip_marker

    name = python.paths[0]
    verdicts = (judge(machine, [name, "-m", "pip", "install", PACKAGE]),)
    marker = python.marker if python.marker.is_file() and not python.virtual else None
    words = None
    if marker is not None:
        try:
            words = pip_marker(marker.read_bytes()).error
        except OSError:
            words = None
    return PythonReport(
        names=python.paths,
        version=python.text("version"),
        prefix=python.text("prefix"),
        virtual=python.virtual,
        marker=str(marker) if marker else None,
        managed_by=_manager(python, words or "") if marker else None,
        marker_words=words,
        pip=python.pip,
        verdicts=verdicts,
        advice=_advice(python, verdicts[0]),
    )


def _manager(python: LocalPython, words: str) -> str:
    """Who put the marker there, from the place and the words."""
    prefix = python.text("prefix")
    if prefix.startswith("/nix/store/"):
        return "Nix"
    if "managed by uv" in words:
        return "uv"
    for mark, name in (
        ("brew install", "Homebrew"),
        ("pacman", "pacman"),
        ("apk", "apk"),
        ("apt install", "apt"),
        ("conda", "conda"),
    ):
        if mark in words:
            return name
    return "the system"


def _advice(python: LocalPython, verdict: Verdict) -> str:
    name = python.paths[0]
    if verdict.outcome == "succeeds":
        if python.virtual:
            return "install with pip: this is a virtual environment"
        return f"works, but a virtual environment keeps projects apart: {name} -m venv .venv"
    if not python.facts["venv"] or (python.facts["debian"] and not python.facts["ensurepip"]):
        short = ".".join(python.text("version").split(".")[:2])
        return f"apt install python{short}-venv, then {name} -m venv .venv && .venv/bin/pip install {PACKAGE}"
    return f"{name} -m venv .venv && .venv/bin/pip install {PACKAGE}"


def _tool(tool: LocalTool, pythons: list[LocalPython], machine: Machine) -> Verdict | None:
    if tool.kind == "pip":
        return judge(machine, [tool.path, "install", PACKAGE]) if python_of(tool, pythons) is not None else None
    if tool.version is None:
        return None
    return judge(machine, [tool.path, "pip", "install", "--system", PACKAGE])
