"""`firstpush doctor`: this machine's Pythons, what an install would do with each, and what `rehearse` can do here."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstpush.doctor.examine import Examination, PythonReport, Verdict

SUMMARY = "say what this machine's Python is and what `rehearse` can do here"
DESCRIPTION = "Starts each Python on PATH once to ask what it is; installs nothing."
EXAMPLES = """\
  firstpush doctor                 the Pythons on PATH: managed or not, by whom, and the right way here
  firstpush doctor --format json   the same for programs
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    parser.add_argument("--no-rehearsal", action="store_true", help="do not try whether a sandbox can be made")


def run(args: argparse.Namespace) -> int:
    """Print the examination. Exit code 0: looking is no finding."""
    from firstpush.doctor.examine import examine

    found = examine(dict(os.environ), os.getcwd())
    abilities = None if args.no_rehearsal else _abilities()
    if args.format == "json":
        print(json.dumps(_as_json(found, abilities), ensure_ascii=False))
        return 0
    print(f"System: {found.system}\n")
    for report in found.pythons:
        _print_python(report)
    if not found.pythons:
        print("No Python is on PATH.\n")
    for path, verdict in found.tools:
        print(f"{path}\n  {_sentence(verdict)}")
    if abilities is not None:
        print(f"\nRehearsal: {abilities['sandbox'] or 'a sandbox can be made here'}")
        for line in abilities["advice"]:
            print(f"  {line}")
    return 0


def _abilities() -> dict[str, Any]:
    from firstpush.rehearsal.ability import capabilities

    return dataclasses.asdict(capabilities())


def _print_python(report: PythonReport) -> None:
    kind = (
        "virtual environment"
        if report.virtual
        else f"managed by {report.managed_by}"
        if report.marker
        else "not managed"
    )
    print(f"Python {report.version} at {report.prefix}: {kind}")
    print(f"  names: {', '.join(report.names)}")
    if report.marker:
        print(f"  marker: {report.marker}")
        for line in (report.marker_words or "(no words)").splitlines():
            print(f"    {line}".rstrip())
    print(f"  pip: {report.pip or 'none'}")
    for verdict in report.verdicts:
        print(f"  {_sentence(verdict)}")
    print(f"  right way: {report.advice}\n")


def _sentence(verdict: Verdict) -> str:
    result = verdict.cause or (f"into {verdict.where}" if verdict.where else "")
    return f"{verdict.command}: {verdict.outcome}{f' ({result})' if result else ''}"


def _as_json(found: Examination, abilities: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "format": 1,
        "system": found.system,
        "pythons": [dataclasses.asdict(report) for report in found.pythons],
        "tools": [{"path": path, **dataclasses.asdict(verdict)} for path, verdict in found.tools],
        "rehearsal": abilities,
    }
