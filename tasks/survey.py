"""What does check say of many real projects? Run it over every checkout in a folder and print the summary.

In: a folder whose sub-folders are checkouts (of one commit each). Out: Markdown tables: verdicts, codes, why verdicts
are unknown, the slowest projects. With `--findings`, every error on a line of its own, to be read and judged; with
`--save FILE`, the same as JSON lines; with `--against FILE`, what changed since they were saved. Exit code 1 when a
check crashed or took longer than `--limit` seconds. docs/precision.md says how the answers are judged.

    python tasks/survey.py FOLDER [NAME …] [--findings] [--save FILE] [--against FILE] [--limit SECONDS] [--builder B]
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from firstpush.api import check
from firstpush.errors import FirstpushError, NothingToCheck
from firstpush.model.report import Report
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

SLOWEST = 10
QUOTED = re.compile(r"`[^`]*`|\S*[/.]\S+")


@dataclass(frozen=True, slots=True)
class Row:
    """A deployment's verdict (`code` empty) or one of its diagnostics (`code` given)."""

    project: str
    deployment: str
    verdict: str
    code: str = ""
    severity: str = ""
    certainty: str = ""
    place: str = ""
    text: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (
            self.project,
            self.deployment,
            self.code,
            self.severity,
            self.place,
            self.verdict if not self.code else "",
        )


class TookTooLong(Exception):
    """A check did not end in time."""


def survey(folders: Iterable[Path], settings: Settings, limit: int) -> Iterator[tuple[Path, float, list[Row], str]]:
    """Each checkout with its seconds, its rows, and what prevented an answer (a fatal error, `crash`, `too slow`)."""

    def too_long(number: int, frame: FrameType | None) -> None:
        raise TookTooLong

    signal.signal(signal.SIGALRM, too_long)
    for folder in folders:
        begun = time.perf_counter()
        signal.alarm(limit)
        rows: list[Row] = []
        prevented = ""
        try:
            rows = list(_rows(folder.name, *check(folder, settings)))
        except NothingToCheck:
            prevented = "nothing to check"
        except FirstpushError as error:
            prevented = f"{error.what} {error.found}".strip()
        except TookTooLong:
            prevented = "too slow"
        except Exception:
            traceback.print_exc(limit=-8)
            prevented = "crash"
        finally:
            signal.alarm(0)
        yield folder, time.perf_counter() - begun, rows, prevented


def _rows(project: str, report: Report, tree: ProjectTree) -> Iterator[Row]:
    """The verdict and the diagnostics of each deployment of a report."""
    for number, deployment in enumerate(report.deployments):
        name = f"{deployment.platform}/{deployment.builder} {deployment.root}"
        yield Row(project, name, deployment.verdict, text=deployment.why)
        for one in report.diagnostics:
            if one.deployment == number:
                span = one.primary.span
                source = tree.source(span.path)
                at = source.position(span.start) if source is not None else None
                place = f"{span.path}:{at.line}:{at.column}" if at is not None else span.path
                values = (one.code, one.severity.value, one.certainty.value, place, f"{one.cause}: {one.message}")
                yield Row(project, name, deployment.verdict, *values)


def summary(rows: list[Row], seconds: dict[str, float], prevented: dict[str, str]) -> Iterator[str]:
    """The tables."""
    verdicts = [row for row in rows if not row.code]
    yield f"{len(seconds)} projects, {len(verdicts)} deployments, {sum(seconds.values()):.1f} s."
    for title, counter in (
        ("not checked", Counter(prevented.values())),
        ("verdict", Counter(f"{row.deployment.split()[0]}: {row.verdict}" for row in verdicts)),
        ("finding", Counter(f"{row.severity} {row.certainty} {row.code}" for row in rows if row.code)),
        ("unknown because", Counter(QUOTED.sub("…", row.text) for row in verdicts if row.verdict == "unknown")),
    ):
        yield from ("", f"| {title} | number |", "| --- | ---: |")
        yield from (f"| {name} | {count} |" for name, count in sorted(counter.items(), key=lambda one: -one[1]))
    yield from ("", "| slowest | seconds |", "| --- | ---: |")
    for name, spent in sorted(seconds.items(), key=lambda one: -one[1])[:SLOWEST]:
        yield f"| {name} | {spent:.2f} |"


def changes(before: list[Row], now: list[Row]) -> Iterator[str]:
    """What is new and what is gone; a verdict that changed is both."""
    old, new = {row.key: row for row in before}, {row.key: row for row in now}
    yield "\n## Changes"
    yield from (f"- {_line(row)}" for key, row in old.items() if key not in new)
    yield from (f"+ {_line(row)}" for key, row in new.items() if key not in old)


def _line(row: Row) -> str:
    what = f"{row.severity} ({row.certainty}) {row.code} {row.place}" if row.code else row.verdict
    return f"{row.project} [{row.deployment}] {what}: {row.text}"


def main() -> int:
    """Survey what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only checkouts whose name contains one of these")
    parser.add_argument("--findings", action="store_true", help="print every error, and every unknown verdict's reason")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the answers as JSON lines")
    parser.add_argument("--against", type=Path, metavar="FILE", help="print what changed since --save wrote FILE")
    parser.add_argument("--limit", type=int, default=60, metavar="SECONDS", help="for one project (60)")
    parser.add_argument("--builder", help="the builder to plan with, as `firstpush check --builder`")
    chosen = parser.parse_args()
    folders = [one for one in sorted(chosen.folder.iterdir()) if one.is_dir()]
    folders = [one for one in folders if not chosen.names or any(name in one.name for name in chosen.names)]
    settings = Settings(builder=chosen.builder) if chosen.builder else Settings()
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    prevented: dict[str, str] = {}
    for folder, spent, found, why in survey(folders, settings, chosen.limit):
        seconds[folder.name] = spent
        rows += found
        if why:
            prevented[folder.name] = why
        if chosen.findings:
            for row in found:
                if row.severity == "error" or (row.verdict == "unknown" and not row.code):
                    print(_line(row))
    if chosen.save:
        chosen.save.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), encoding="utf-8")
    print("\n".join(summary(rows, seconds, prevented)))
    if chosen.against:
        saved = chosen.against.read_text(encoding="utf-8").splitlines()
        print("\n".join(changes([Row(**json.loads(line)) for line in saved], rows)))
    return int(any(why in ("crash", "too slow") for why in prevented.values()))


if __name__ == "__main__":
    sys.exit(main())
