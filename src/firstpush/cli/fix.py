"""`firstpush fix`: show (or write) the repair of everything that `check` found."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firstpush.cli import options as shared
from firstpush.cli.live import Live
from firstpush.cli.output import Terminal, note, result, write
from firstpush.errors import NothingToCheck, UsageError, WriteRefused

if TYPE_CHECKING:
    from firstpush.config.own import OwnConfig
    from firstpush.fixes.engine import Repair
    from firstpush.fixes.popular import Tried
    from firstpush.fixes.predict import Prediction
    from firstpush.fixes.result import FixResult
    from firstpush.model.diagnostic import Diagnostic
    from firstpush.platforms import Settings
    from firstpush.project.tree import ProjectTree

SUMMARY = "repair what check found: a diff, or --write"
DESCRIPTION = """\
Finds the simplest repair of every deployment that is predicted to fail, plans and simulates the edited files, and
shows the diff with the verdict before and after. Several errors that wait behind each other are repaired together. Only
what a repair names is changed; comments, order, quotes and line endings stay.
"""
EXAMPLES = """\
  firstpush fix                      the diff, why, and what else would work
  firstpush fix --write              apply it
  firstpush fix --strategy venv      another way to install
  firstpush fix --write --rehearse   apply it and run the deployment here
  firstpush fix --check              for CI: exit with 1 if something would change
  firstpush fix --commit-message     the message for the commit
"""
EPILOG = (
    "Exit codes: 0 nothing left to repair (or the diff does it), 1 something would change (--check) or errors are left,"
    " 2 usage, or the write was refused, 3 nothing to check, 5 the rehearsal failed, 6 cannot rehearse here."
)
STRATEGIES = ("provider", "venv", "uv", "nix", "break-system-packages")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_project(parser)
    what = parser.add_argument_group("what to do")
    modes = what.add_mutually_exclusive_group()
    modes.add_argument("--diff", action="store_true", help="show the diff (default)")
    modes.add_argument("--write", action="store_true", help="write the files: all of them or none")
    modes.add_argument("--check", action="store_true", help="exit with 1 if something would change")
    what.add_argument("--strategy", choices=STRATEGIES, help="how to install (default: the simplest that works)")
    what.add_argument("--select", action="append", default=[], metavar="CODES", help="repair only these findings")
    what.add_argument("--ignore", action="append", default=[], metavar="CODES", help="repair all but these")
    what.add_argument("--unsafe", action="store_true", help="also what may change how the app behaves")
    what.add_argument("--interactive", action="store_true", help="choose the way for each deployment")
    what.add_argument("--allow-dirty", action="store_true", help="write files with uncommitted changes too")
    what.add_argument("--rehearse", action="store_true", help="run the repaired deployment here (after --write)")
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    output.add_argument("--commit-message", action="store_true", help="print only the message for the commit")
    shared.add_color(output)  # type: ignore[arg-type]


def run(args: argparse.Namespace) -> int:
    """Raises FirstpushError for what ends the run."""
    from firstpush.cli.check import unknown_codes
    from firstpush.fixes.message import commit_message
    from firstpush.report.selection import parse_codes

    if args.rehearse and not args.write:
        raise UsageError("--rehearse runs what was written", next_step="Use --write --rehearse.")
    if args.interactive and not sys.stdin.isatty():
        raise UsageError("--interactive asks questions, and nobody is there to answer", next_step="Use --strategy.")
    unknown = unknown_codes((*parse_codes(args.select), *parse_codes(args.ignore)))
    if unknown:
        raise UsageError(f"no rule is called {unknown[0]}", next_step="`firstpush explain` lists the rules.")
    folder = Path(args.path)
    if args.write:
        _recover(folder)
    try:
        with Live("reading and judging the project", quiet=args.interactive) as live:
            found = _fixed(args, folder, live)
            evidence = _evidence(args, found)
    except NothingToCheck as error:
        return nothing(args.format, error)
    message = commit_message(found)
    written = False
    if args.write and found.workspace.writes():
        write_files(folder, found, allow_dirty=args.allow_dirty)
        written = True
    _show(args, found, evidence, message, written=written)
    if written and args.rehearse:
        return rehearse(args)
    changes = bool(found.workspace.writes())
    if args.check:
        return 1 if changes else 0
    return 0 if found.closed else 1


def nothing(format_name: str, error: NothingToCheck) -> int:
    """There is no deployment: JSON is whole nevertheless."""
    from firstpush.cli.failure import show_error

    if format_name == "json":
        import json

        from firstpush.fixes.as_json import FORMAT

        empty = {"format": FORMAT, "written": False, "edits": [], "files": [], "commit_message": "", "deployments": []}
        result(json.dumps(empty))
    return show_error(error)


def _recover(folder: Path) -> None:
    """Finish what an interrupted run left."""
    from firstpush.fixes.write import recover

    if folder.is_dir():
        completed = recover(folder.resolve())
        if completed:
            note(f"note: completed an interrupted write of {', '.join(completed)}")


def _fixed(args: argparse.Namespace, folder: Path, live: Live) -> FixResult:
    from firstpush import api
    from firstpush.fixes.result import fix, selecting
    from firstpush.report.selection import parse_codes

    tree = api.open_project(folder)
    own = shared.own_config(args)
    every = shared.project_settings(args, own)
    silenced = _silenced(args, tree, own, every)
    chosen = selecting(parse_codes(args.select), (*own.ignore, *parse_codes(args.ignore)))
    found = fix(
        tree,
        every,
        strategy=args.strategy,
        unsafe=args.unsafe,
        wanted=lambda each: chosen(each) and _identity(each) not in silenced,
        choose=_ask if args.interactive else None,
        progress=live,
    )
    if not found.deployments:
        raise NothingToCheck(
            f"Nothing to repair in {folder}.", found="No deployment configuration and no Python app were found."
        )
    return found


def _silenced(
    args: argparse.Namespace, tree: ProjectTree, own: OwnConfig, every: Sequence[Settings]
) -> set[tuple[str, str, str]]:
    """Findings that a comment or the configuration silences: they are not to be repaired."""
    from firstpush import api
    from firstpush.report.silence import silence

    found: set[tuple[str, str, str]] = set()
    for settings in every:
        try:
            report = silence(api.check(tree, settings)[0], tree.source, own, shared.today(args, own), complete=False)
        except NothingToCheck:
            continue
        found |= {_identity(each.diagnostic) for each in report.suppressed}
    return found


def _identity(found: Diagnostic) -> tuple[str, str, str]:
    """What stays the same while the file around a finding is edited."""
    return found.code, found.primary.span.path, found.message


def _evidence(args: argparse.Namespace, found: FixResult) -> list[list[Tried]]:
    """What the popular changes come to, where somebody reads it."""
    from firstpush.fixes.popular import tried
    from firstpush.fixes.proposal import Situation

    if args.check or args.commit_message:
        return [[] for _ in found.deployments]
    evidence: list[list[Tried]] = []
    for each in found.deployments:  # once is enough: services of one repository make the same mistake
        told = any(evidence)
        evidence.append([] if told else list(tried(Situation(found.tree, each.settings, each.before))))
    return evidence


def write_files(folder: Path, found: FixResult, *, allow_dirty: bool) -> None:
    """Write the chosen edits; files with uncommitted changes only if allowed. Raises WriteRefused."""
    from firstpush.fixes.write import write as write_all

    writes = found.workspace.writes()
    if not allow_dirty:
        from firstpush.fixes.git import uncommitted

        dirty = uncommitted(folder, [each.path for each in writes])
        if dirty:
            raise WriteRefused(
                f"{', '.join(dirty)} {'has' if len(dirty) == 1 else 'have'} uncommitted changes; nothing was written.",
                why="A repair on top of them could not be told from them any more.",
                next_step="Commit or stash them first, or run with --allow-dirty.",
            )
    write_all(folder, writes)


def _show(
    args: argparse.Namespace, found: FixResult, evidence: list[list[Tried]], message: str, *, written: bool
) -> None:
    writes = found.workspace.writes()
    if args.format == "json":
        import json

        from firstpush.fixes.as_json import as_json

        result(json.dumps(as_json(found, evidence, written=written, message=message), ensure_ascii=False, indent=2))
        return
    if args.commit_message:
        result(message)
        return
    terminal = Terminal.of(sys.stdout, args.color)
    if args.check:
        for each in writes:
            write(sys.stdout, f"would change {each.path}\n")
        return
    from firstpush.fixes.show import text

    arrow = "→" if terminal.unicode else "->"
    terminal.write(text(found, evidence, terminal.paint, width=terminal.width, arrow=arrow))
    if written:
        note("wrote " + ", ".join(each.path for each in writes))
    elif writes:
        note("Nothing was written: `firstpush fix --write` does.")


def _ask(prediction: Prediction, ways: Sequence[Repair]) -> Repair | None:
    """Which way, on the terminal."""
    platform, root = prediction.key
    note(f"{platform} ({root}) {prediction.verdict}. Ways:")
    for number, way in enumerate(ways, 1):
        note(f"  {number}  {way.name} ({way.applicability.value}, then {way.after.verdict})")
        for link in way.links:
            note(f"       {link.proposal.title}")
            if link.proposal.question:
                note(f"       to decide: {link.proposal.question}")
        cost = way.fix().cost
        if cost:
            note(f"       cost: {cost}")
    while True:
        sys.stderr.write(f"Which one? [1-{len(ways)}, n for none, default 1] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer or answer.strip().lower() in ("n", "none", "no"):
            return None
        if not answer.strip():
            return ways[0]
        if answer.strip().isdecimal() and 1 <= int(answer) <= len(ways):
            return ways[int(answer) - 1]


def rehearse(args: argparse.Namespace) -> int:
    """`firstpush rehearse` on the same project with the same settings."""
    from firstpush.cli import rehearse as command
    from firstpush.cli.main import make_parser

    words = [args.path]
    for name in ("platform", "root", "env"):
        for value in getattr(args, name):
            words += [f"--{name}", value]
    for name in ("builder", "environment", "vercel_framework", "as_of"):
        if getattr(args, name):
            words += ["--" + name.replace("_", "-"), getattr(args, name)]
    if args.no_config:
        words.append("--no-config")
    if args.format == "json":
        words += ["--format", "json", "--output", "firstpush-rehearsal.json"]
    return int(command.run(make_parser("rehearse", command).parse_args(words)))
