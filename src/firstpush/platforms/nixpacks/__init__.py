"""Nixpacks: a project → the `Plan` that this builder makes, exactly.

In: a tree, the root directory, service variables, the version, and what the platform passes on (commands of its own
configuration). Out: a `Plan` with `platform` set to the builder's name; the platform that runs the builder adds its own
part (port, health check, dormant files).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from firstpush.config.nixpacks_layer import Layer, Piece, piece
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.origin import EnvOrigin
from firstpush.model.plan import Dormant, Plan, PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import replace
from firstpush.project.tree import ProjectTree

if TYPE_CHECKING:
    from firstpush.platforms.nixpacks.generate import Generated

NAME = "nixpacks"


def default_version() -> str:
    """The version that Railway's logs name."""
    version: str = table("nixpacks")["defaults"]["version"]
    return version


def plan(
    tree: ProjectTree,
    root: str = ".",
    env: Mapping[str, str] | None = None,
    version: str | None = None,
    options: Layer | None = None,
    config_file: str | None = None,
) -> Plan:
    """The plan of the folder `root`. `options`: what is given on Nixpacks' command line; `config_file`: `--config`."""
    from firstpush.platforms.nixpacks.generate import generate
    from firstpush.platforms.nixpacks.view import NotModelled, Stop

    folder = "" if root in ("", ".") else root.strip("/").removeprefix("./")
    name = (version or default_version()).removeprefix("v")
    numbers = tuple(int(part) for part in name.split(".")[:2] if part.isdigit())
    number = (numbers[0], numbers[1]) if len(numbers) == 2 else (1, 41)
    nearest = _nearest(number)
    pieces = {key: piece(value, EnvOrigin(key)) for key, value in (env or {}).items() if value != ""}
    empty = Plan(
        platform=NAME,
        builder=NAME,
        builder_version=name,
        root=folder or ".",
        machine=None,
        app_dir=table("nixpacks")["defaults"]["app_dir"],
    )
    try:
        found = generate(tree, folder, pieces, number, name, options, config_file)
    except Stop as stop:
        return replace(empty, problems=(*_file_problems(tree, folder, pieces, number, name), stop.problem))
    except NotModelled as reason:
        return replace(empty, unknown=str(reason))
    made = _plan(empty, found)
    if nearest is None:
        return made
    return replace(made, notes=(f"Nixpacks {name} is planned as {nearest}, the nearest version known", *made.notes))


def _nearest(number: tuple[int, int]) -> str | None:
    """The known version that one which is not known is planned as; None: it is known. It is the newer of two, because
    the code asks whether a version is above the older one."""
    known: list[str] = table("nixpacks")["defaults"]["known"]
    parsed = [(int(major), int(minor)) for major, minor in (text.split(".") for text in known)]
    if number in parsed:
        return None
    return next((text for text, one in zip(known, parsed) if one > number), known[-1])


def _file_problems(
    tree: ProjectTree, folder: str, env: Mapping[str, Piece], version: tuple[int, int], name: str
) -> tuple[PlanProblem, ...]:
    """Ignored keys of the file, also where a later step stops the plan."""
    from firstpush.platforms.nixpacks.generate import CONFIG_FILES

    for candidate in CONFIG_FILES:
        path = f"{folder}/{candidate}" if folder else candidate
        source = tree.source(path)
        if source is None:
            continue
        from firstpush.config import nixpacks_file
        from firstpush.syntax import json, toml

        document = toml.parse(source) if candidate.endswith(".toml") else json.parse(source)
        found = nixpacks_file.read(document, candidate)
        return tuple(problem for problem in found.problems if not problem.fatal)
    return ()


def _plan(empty: Plan, found: Generated) -> Plan:
    from firstpush.platforms.nixpacks import machine, native, steps, traps
    from firstpush.platforms.nixpacks.merge import sorted_phases

    view = found.view
    phases = sorted_phases(found.layer.phases)
    values, origins = native.native(found.layer)
    problems = [problem for problem in view.problems if traps.keep(found, problem)]
    if phases is None:
        problems.append(
            PlanProblem(
                key="nixpacks-circular",
                cause=Cause.CONFIG_PARSE_ERROR,
                severity=Severity.ERROR,
                message="the phases wait for each other in a circle",
                primary=Label(Span(found.file or view.path(""), 0, 0)),
                fatal=True,
                output="Error: Circular dependency detected",
            )
        )
        phases = []
    problems += traps.problems(found, phases)
    problems += traps.version_file_ignored(found)
    env = steps.environment(found.layer)
    packages = steps.packages(phases)
    return replace(
        empty,
        root=view.root or ".",
        machine=machine.make(
            phases, {name: str(item) for name, item in (found.file_layer.static_assets or {}).items()}
        ),
        packages=packages,
        steps=tuple(steps.steps(view, phases, packages, env)),
        start=steps.start(found.layer, phases, env),
        variables={name: steps.located((item,))[0] for name, item in (found.layer.variables or {}).items()},
        problems=tuple(problems),
        dormant=tuple(_dormant(found)),
        notes=tuple(_notes(empty, found)),
        native=values,
        origins=origins,
    )


def _dormant(found: Generated) -> list[Dormant]:
    from firstpush.platforms.nixpacks.generate import CONFIG_FILES

    view = found.view
    rows = [
        Dormant(view.path(name), f"Nixpacks reads one file only: {found.file}")
        for name in CONFIG_FILES
        if view.has(name) and view.path(name) != found.file
    ]
    if view.has("railpack.json"):
        rows.append(Dormant(view.path("railpack.json"), "Nixpacks does not read Railpack's file"))
    start = found.layer.start
    if view.has("Procfile") and start is not None and start.cmd is not None:
        span = start.cmd.text.span()
        if span is None or span.path != view.path("Procfile"):
            rows.append(Dormant(view.path("Procfile"), f"the start command of {start.cmd.origin.describe()} wins"))
    return rows


def _notes(empty: Plan, found: Generated) -> list[str]:
    notes: list[str] = []
    if found.view.root and found.view.root != (empty.root if empty.root != "." else ""):
        notes.append(f'Using subdirectory "{found.view.root}"')
    if found.detected is not None:
        notes.append(f"provider {', '.join(found.providers)}: {found.detected[1]}")
    default = found.default_layer.start
    chosen = found.layer.start
    if default and default.cmd and chosen and chosen.cmd and default.cmd is not chosen.cmd:
        notes.append(
            f"start: `{chosen.cmd}` ({chosen.cmd.origin.describe()}) wins over `{default.cmd}` "
            f"({default.cmd.origin.describe()})"
        )
    for name, phase in found.layer.phases.items():
        lost = found.default_layer.phases.get(name)
        if lost and lost.cmds and phase.cmds is not None and phase.cmds != lost.cmds:
            kept = {str(command) for command in phase.cmds}
            notes += [
                f"{name}: `{command}` ({command.origin.describe()}) is replaced"
                for command in lost.cmds
                if str(command) not in kept and str(command) != "..."
            ]
    return notes
