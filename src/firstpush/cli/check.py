"""`firstpush check`: predict every deployment of a folder, print the report, answer by exit code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firstpush.cli import options as shared
from firstpush.cli.output import Terminal, is_terminal, note, write
from firstpush.errors import NothingToCheck, UsageError
from firstpush.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstpush.config.own import OwnConfig
    from firstpush.model.report import Report
    from firstpush.platforms import Settings
    from firstpush.project.tree import ProjectTree
    from firstpush.report import Options

SUMMARY = "predict each deployment and name every defect at file:line:column"
DESCRIPTION = """\
Predicts, phase by phase, what the platform will do with this folder, and names every defect at its place, also those
that wait behind the first failure. Works offline; nothing of the project is run. What cannot be known is reported as
unknown, never as a failure.
"""
EXAMPLES = """\
  firstpush check
  firstpush check backend --platform railway
  firstpush check --root services/api --root services/worker
  firstpush check --builder nixpacks@1.38 --env NIXPACKS_PYTHON_VERSION=3.12
  firstpush check --select FP1,FP307 --fail-on warning
  firstpush check --format sarif --output firstpush.sarif
"""
EPILOG = "Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 usage or configuration, 3 nothing to check."
LEVELS = ("error", "warning", "info", "never")
MACHINES = ("json", "sarif")  # formats for programs: whole even when there is nothing to check, and with the repairs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from firstpush.report import FORMATS

    shared.add_project(parser)
    rules = parser.add_argument_group("which findings")
    rules.add_argument("--select", action="append", default=[], metavar="CODES", help="only these (FP101, FP1, names)")
    rules.add_argument("--ignore", action="append", default=[], metavar="CODES", help="all but these")
    rules.add_argument("--fail-on", choices=LEVELS, help="exit with 1 from this severity on (default: error)")
    rules.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=tuple(FORMATS), default="text", help="default: text")
    output.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    output.add_argument("--statistics", action="store_true", help="counts by rule instead of the findings")
    output.add_argument("--show-output", action="store_true", help="quote in full what the platform would print")
    shared.add_color(output)  # type: ignore[arg-type]


def run(args: argparse.Namespace) -> int:
    """Raises FirstpushError for what ends the run."""
    if args.statistics and args.format not in ("text", "json", "concise"):
        raise UsageError(f"--statistics cannot be combined with --format {args.format}", next_step="Use text or json.")
    own = shared.own_config(args)
    every_settings = shared.project_settings(args, own)
    try:
        report, tree = check_all(Path(args.path), every_settings, fixes=args.format in MACHINES)
    except NothingToCheck as error:
        if args.format in MACHINES:
            from firstpush.model.report import Report

            emit(args, Report(), None)
        from firstpush.cli.failure import show_error

        return show_error(error)
    report = refined(report, tree, args, own)
    emit(args, report, tree)
    return exit_code(report, "never" if args.exit_zero else (args.fail_on or own.fail_on))


def check_all(folder: Path, every_settings: Sequence[Settings], *, fixes: bool = False) -> tuple[Report, ProjectTree]:
    """The reports of all roots as one. Raises NothingToCheck only when no root has anything."""
    from firstpush import api

    tree = api.open_project(folder)
    reports = []
    nothing: NothingToCheck | None = None
    for settings in every_settings:
        try:
            reports.append(api.check(tree, settings, fixes=fixes)[0])
        except NothingToCheck as error:
            nothing = nothing or error
    if not reports:
        assert nothing is not None
        raise nothing
    if nothing is not None:
        note(f"note: {nothing.what}")
    if len(reports) == 1:
        return reports[0], tree
    from firstpush.report.selection import joined

    return joined(reports), tree


def refined(report: Report, tree: ProjectTree, args: argparse.Namespace, own: OwnConfig) -> Report:
    """Without what is silenced or not selected."""
    if not (args.select or args.ignore or own.select or own.ignore or own.silenced or has_comments(report, tree)):
        return report  # the usual case needs neither module
    from firstpush.report.selection import parse_codes, select
    from firstpush.report.silence import silence

    selected = parse_codes(args.select) or own.select
    ignored = own.ignore + parse_codes(args.ignore)
    unknown = unknown_codes((*parse_codes(args.select), *parse_codes(args.ignore)))
    if unknown:
        raise UsageError(f"no rule is called {unknown[0]}", next_step="`firstpush explain` lists the rules.")
    restricted = (args.platform, args.builder, args.root, args.env, args.environment, args.vercel_framework, args.as_of)
    report = silence(report, tree.source, own, shared.today(args, own), complete=not any(restricted))
    return select(report, selected, ignored)


def has_comments(report: Report, tree: ProjectTree) -> bool:
    """Whether a file that was read speaks of firstpush at all."""
    sources = (tree.source(path) for path in report.looked_at)
    return any(source is not None and b"firstpush:" in source.data for source in sources)


def unknown_codes(words: Sequence[str]) -> list[str]:
    """Those that are neither a rule's code or name nor the beginning of a code."""
    if not words:
        return []
    from firstpush.cli.pages import known_rules
    from firstpush.report.selection import names_rule

    rules = known_rules()
    return [word for word in words if not any(names_rule(word, code, name) for code, name in rules)]


def emit(args: argparse.Namespace, report: Report, tree: ProjectTree | None) -> None:
    """Render and write."""
    from firstpush.report import render, statistics

    options = render_options(args, tree)
    source = tree.source if tree is not None else lambda path: None
    if args.statistics and args.format == "json":
        text = statistics.render_json(report, options)
    elif args.statistics:
        text = statistics.render(report, options)
    else:
        text = render(args.format, report, source, options)
    if args.output:
        save(Path(args.output), text)
    else:
        write(sys.stdout, text)


def render_options(args: argparse.Namespace, tree: ProjectTree | None) -> Options:
    from firstpush._version import __version__
    from firstpush.report import Options
    from firstpush.report.style import Style

    terminal = Terminal.of(sys.stdout, args.color)
    style = Style(width=100) if args.output else terminal.style()
    if tree is not None and style.links and is_terminal(sys.stdout):
        style = replace(style, folder=str(tree.folder.resolve()))
    summaries = {}
    if args.format == "sarif":
        from firstpush.cli.pages import summaries as read_summaries

        summaries = read_summaries()
    return Options(style=style, show_output=args.show_output, version=__version__, summaries=summaries)


def save(path: Path, text: str) -> None:
    """Write a report file in UTF-8. Raises UsageError when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write {path}", found=error.strerror or str(error)) from None


def exit_code(report: Report, fail_on: str) -> int:
    """1 when a finding is at or above the level."""
    if fail_on == "never":
        return 0
    failing = LEVELS[: LEVELS.index(fail_on) + 1]
    return int(any(each.severity.value in failing for each in report.diagnostics))
