"""`firstpush plan`: the commands that the platform will run, in order, and where each comes from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstpush.cli import options as shared
from firstpush.cli.output import Terminal
from firstpush.errors import NothingToCheck
from firstpush.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firstpush.model.origin import Origin
    from firstpush.model.plan import Plan
    from firstpush.project.tree import ProjectTree

SUMMARY = "show the commands that the platform will run, and where each comes from"
DESCRIPTION = """\
Shows, for every deployment of the folder, the commands that the platform will run, in order, each with its origin: a
place in a file, a service variable, or the builder's own default. Nothing is run. `--format json` prints the builder's
own plan format and the `origins` of its texts.
"""
EXAMPLES = """\
  firstpush plan
  firstpush plan --why
  firstpush plan --builder nixpacks@1.38 --env NIXPACKS_PYTHON_VERSION=3.12
  firstpush plan --builder nixpacks --format json
"""
EPILOG = "Exit codes: 0 planned, 1 the platform stops before it builds, 2 usage or configuration, 3 nothing to plan."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_project(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--why", action="store_true", help="also why: what won over what, variables, ignored files")
    output.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_color(output)  # type: ignore[arg-type]


def run(args: argparse.Namespace) -> int:
    """Raises FirstpushError for what ends the run."""
    from firstpush.api import open_project
    from firstpush.platforms import plans

    tree = open_project(Path(args.path))
    found: list[Plan] = []
    for settings in shared.project_settings(args):
        # A builder that is forced plans the folder that is named, and no candidates below it.
        chosen = replace(settings, root=".") if args.builder and settings.root is None else settings
        found += plans(tree, chosen)
    if not found:
        raise NothingToCheck(
            f"Nothing to plan in {tree.folder}.",
            found="No deployment configuration and no Python app were found.",
            next_step="Name the app's folder, or a builder: firstpush plan --builder nixpacks",
        )
    if args.format == "json":
        import json

        values = [_json(plan, tree) for plan in found]
        whole: Any = values[0] if len(values) == 1 else {"format": 1, "plans": values}
        sys.stdout.write(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    else:
        terminal = Terminal.of(sys.stdout, args.color)
        terminal.write("\n".join(line for plan in found for line in _text(plan, tree, terminal, args.why)))
    return 1 if any(problem.fatal for plan in found if not plan.native for problem in plan.problems) else 0


# --- text ---


def _text(plan: Plan, tree: ProjectTree, terminal: Terminal, why: bool) -> Iterator[str]:
    builder = f"{plan.builder} {plan.builder_version}" if plan.builder_version else plan.builder
    yield terminal.paint(f"{plan.platform} · {builder} · {plan.root}", "bold")
    if plan.unknown is not None:
        yield f"  unknown: {plan.unknown}"
    rows = list(_rows(plan, tree, terminal.unicode))
    if rows:
        names = max(len(row[0]) for row in rows)
        places = min(max(len(row[2]) for row in rows), 44)
        room = max(terminal.width - names - places - 8, 24)
        previous = ""
        for name, command, origin in rows:
            shown = terminal.paint(name.ljust(names) if name != previous else " " * names, "bold")
            previous = name
            lines = _wrapped(command, room)
            origin_text = terminal.paint(_cut(origin, places, terminal.unicode), "dim")
            yield f"  {shown}  {lines[0].ljust(room)}  {origin_text}"
            for line in lines[1:]:
                yield f"  {' ' * names}  {line}"
    for problem in plan.problems:
        if problem.fatal or why:
            place = _place(tree, problem.primary.span.path, problem.primary.span.start)
            yield f"  {terminal.paint(problem.severity.value, problem.severity.value)}: {problem.message} ({place})"
    if why:
        yield from _reasons(plan, tree)
    yield ""


def _rows(plan: Plan, tree: ProjectTree, unicode: bool) -> Iterator[tuple[str, str, str]]:
    for step in plan.steps:
        name = step.builder_phase or step.phase.value
        yield name, step.label or str(step.command), _origin(step.command.origin, tree)
    if plan.start is not None:
        yield "start", str(plan.start.command), _origin(plan.start.command.origin, tree)
    if plan.health is not None and plan.health.path is not None:
        path = plan.health.path
        timeout = f", {plan.health.timeout.value:g} s" if plan.health.timeout is not None else ""
        yield "health", f"GET {path.value} must answer 200{timeout}", _origin(path.origin, tree)


def _reasons(plan: Plan, tree: ProjectTree) -> Iterator[str]:
    for note in plan.notes:
        yield f"  why: {note}"
    for item in plan.dormant:
        yield f"  not read: {item.path} ({item.why})"
    for packages in plan.packages:
        for name in packages.names:
            yield f"  {packages.manager}: {name.value} ({_origin(name.origin, tree)})"
    for name_, value in plan.variables.items():
        yield f"  variable: {name_}={value.value} ({_origin(value.origin, tree)})"
    if plan.port is not None:
        yield f"  variable: PORT={plan.port} (given by {plan.platform} at run time)"


def _wrapped(text: str, room: int) -> list[str]:
    from textwrap import wrap

    lines: list[str] = []
    for line in text.splitlines() or [""]:
        lines += wrap(line, room, break_long_words=True, break_on_hyphens=False) or [""]
    return lines


def _cut(text: str, room: int, unicode: bool) -> str:
    mark = "…" if unicode else "..."
    return text if len(text) <= room else text[: room - len(mark)] + mark


def _place(tree: ProjectTree, path: str, offset: int) -> str:
    source = tree.source(path)
    if source is None:
        return path or "."
    position = source.position(offset)
    return f"{path}:{position.line}:{position.column}"


def _origin(origin: Origin, tree: ProjectTree) -> str:
    from firstpush.model.origin import FileOrigin

    if isinstance(origin, FileOrigin):
        return _place(tree, origin.span.path, origin.span.start)
    return origin.describe()


# --- JSON ---


def _json(plan: Plan, tree: ProjectTree) -> dict[str, Any]:
    """The builder's own format and `origins`; where there is none, why."""
    if plan.native:
        return {**plan.native, "origins": {path: _origin_json(item, tree) for path, item in plan.origins.items()}}
    return {
        "platform": plan.platform,
        "builder": plan.builder,
        "root": plan.root,
        "unknown": plan.unknown,
        "problems": [
            {"key": problem.key, "cause": problem.cause.value, "message": problem.message, "output": problem.output}
            for problem in plan.problems
        ],
        "origins": {},
    }


def _origin_json(origin: Origin, tree: ProjectTree) -> dict[str, Any]:
    from firstpush.model.origin import BuilderDefault, EnvOrigin, FileOrigin

    if isinstance(origin, BuilderDefault):
        return {"kind": "default", "builder": origin.builder, "version": origin.version, "why": origin.why}
    if isinstance(origin, FileOrigin):
        span = origin.span
        value: dict[str, Any] = {"kind": "file", "path": span.path, "start_byte": span.start, "end_byte": span.end}
        source = tree.source(span.path)
        if source is not None:
            start, end = source.position(span.start), source.position(span.end)
            value |= {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
        return value
    return {"kind": "variable" if isinstance(origin, EnvOrigin) else "option", "name": origin.name}
