"""`firstpush diagnose`: read a failed log, name the cause and the deciding lines, point at the project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstpush.cli import options as shared
from firstpush.cli.output import Terminal, write
from firstpush.errors import FirstpushError, UnreadableInput

if TYPE_CHECKING:
    from firstpush.diagnose import Diagnosis, LogCause
    from firstpush.project.tree import ProjectTree
    from firstpush.report.style import Style

SUMMARY = "name the cause in a failed build or start log"
DESCRIPTION = """\
Reads a log (a file, or standard input), names what went wrong and quotes the lines that decide it. In the folder of the
project it also names the place of the configuration that did it. Nothing leaves this machine. A log that says nothing
known gives no cause: firstpush does not guess.
"""
EXAMPLES = """\
  firstpush diagnose build.log
  railway logs --build | firstpush diagnose
  firstpush diagnose build.log --project backend --format json
"""
EPILOG = "Exit codes: 0 no known cause, 1 a cause was found, 2 the log cannot be read."
QUOTED = 3  # deciding lines that the text shows
MAX_BYTES = 256 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log", nargs="?", default="-", metavar="LOG", help="file, or - for standard input (default)")
    parser.add_argument("--project", default=".", metavar="PATH", help="folder of the project (default: .)")
    parser.add_argument("--no-project", action="store_true", help="look at the log alone")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_color(parser)


def run(args: argparse.Namespace) -> int:
    """Raises UnreadableInput."""
    from firstpush.diagnose import decode, diagnose

    text = decode(read(args.log))
    tree: ProjectTree | None = None
    diagnosis = diagnose(text)
    if diagnosis.causes and not args.no_project:
        tree, more = project(args.project)
        if more:
            diagnosis = diagnose(text, *more)
    if args.format == "json":
        import json

        write(sys.stdout, json.dumps(as_json(diagnosis, tree), ensure_ascii=False, indent=2) + "\n")
    else:
        write(sys.stdout, as_text(diagnosis, tree, Terminal.of(sys.stdout, args.color).style()))
    return int(bool(diagnosis.causes))


def read(name: str) -> bytes:
    """The bytes of the log. Raises UnreadableInput."""
    if name == "-":
        if sys.stdin.isatty():
            sys.stderr.write("Reading the log from standard input; end it with Ctrl-D.\n")
        return sys.stdin.buffer.read(MAX_BYTES)
    try:
        with open(name, "rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise UnreadableInput(
            f"The log {name} cannot be read.",
            found=error.strerror or str(error),
            next_step="Save the platform's build log to a file, or pipe it into firstpush diagnose.",
        ) from None


def project(path: str) -> tuple[ProjectTree | None, tuple[Any, ...]]:
    """The project and what is predicted for it; nothing where no project is, or where it cannot be judged."""
    from firstpush import api

    try:
        tree = api.open_project(Path(path))
        report, _ = api.check(tree)
        plans, _ = api.plan(tree)
    except FirstpushError:
        return None, ()
    return tree, (report, tuple(plans), tree.source)


def as_json(diagnosis: Diagnosis, tree: ProjectTree | None) -> dict[str, Any]:
    """The contract of docs/output.md."""
    return {
        "format": 1,
        "causes": [_cause_as_json(each, tree) for each in diagnosis.causes],
        "platform": diagnosis.platform,
        "builder": diagnosis.builder,
    }


def _cause_as_json(cause: LogCause, tree: ProjectTree | None) -> dict[str, Any]:
    from firstpush.report.json import fix_as_json
    from firstpush.report.places import place_of

    config = None
    if cause.config is not None and tree is not None:
        place = place_of(cause.config, tree.source)
        config = {"path": place.path, "line": place.line, "column": place.column}
    return {
        "cause": cause.cause.value,
        "certainty": cause.certainty.value,
        "lines": list(cause.lines),
        "line": cause.line,
        "platform": cause.platform,
        "builder": cause.builder,
        "phase": cause.phase,
        "message": cause.message,
        "command": cause.command,
        "config": config,
        "rule": cause.rule,
        "help": cause.help or None,
        "fixes": [fix_as_json(each) for each in cause.fixes],
    }


def as_text(diagnosis: Diagnosis, tree: ProjectTree | None, style: Style) -> str:
    """For people: the cause, the deciding lines, the guilty place, what to do."""
    from firstpush.report.width import wrap

    if not diagnosis.causes:
        if diagnosis.ended_well:
            return f"No cause: the log ends well ({diagnosis.lines} lines read).\n"
        return (
            f"No known cause in {diagnosis.lines} lines.\n"
            "Is this the whole log? Platforms keep build and deploy logs apart; the failing part may be in the other.\n"
        )
    lines: list[str] = []
    for number, cause in enumerate(diagnosis.causes):
        lines += _cause_as_text(cause, tree, style, first=number == 0)
    rules = [cause.rule for cause in diagnosis.causes if cause.rule]
    if rules:
        lines += wrap(f"More: firstpush explain {rules[0]}", style.width)
    return "\n".join(lines) + "\n"


def _cause_as_text(cause: LogCause, tree: ProjectTree | None, style: Style, *, first: bool) -> list[str]:
    from firstpush.report.places import is_whole_file, place_of, where
    from firstpush.report.snippet import Mark, snippet
    from firstpush.report.width import to_ascii, wrap

    def plain(text: str) -> str:
        return text if style.unicode else to_ascii(text)

    lead = "cause" if first else "also"
    head = wrap(f"{lead}[{cause.cause.value}]: {plain(cause.message)}", style.width)
    lines = [style.paint(head[0], "error" if first else "warning"), *head[1:]]
    facts = [each for each in (cause.platform, cause.builder if cause.builder != cause.platform else None) if each]
    if cause.phase:
        facts.append(f"{cause.phase} phase")
    facts.append(cause.certainty.value)
    lines.append(f"  {style.paint('; '.join(facts), 'dim')}")
    width = len(str(max(cause.lines)))
    bar = style.paint(style.sign("bar"), "frame")
    for number, text in list(zip(cause.lines, cause.texts, strict=True))[:QUOTED]:
        shown = plain(text)[: style.width - width - 5]
        lines.append(f"  {style.paint(str(number).rjust(width), 'frame')} {bar} {shown}")
    if cause.command:
        lines.append(f"  run as: {plain(cause.command)[: style.width]}")
    if cause.config is not None and tree is not None:
        lines.append("")
        place = where(cause.config, tree.source)
        source = tree.source(cause.config.path)
        if source is not None and not is_whole_file(cause.config):
            line = place_of(cause.config, tree.source).line
            link = style.link(style.paint(place, "path"), cause.config.path, line)
            lines += snippet(source, [Mark(cause.config, "this did it")], style, link)
        else:
            lines.append(f"  {style.sign('arrow')} {place}")
    if cause.help:
        first_line, *rest = wrap(plain(cause.help), style.width - 8)
        lines += [f"  {style.paint('help:', 'help')} {first_line}", *("        " + each for each in rest)]
    for fix in cause.fixes:
        lines.append(f"  {style.paint('fix:', 'help')} {plain(fix.title)} [{fix.strategy}, {fix.applicability.value}]")
    return [*lines, ""]
