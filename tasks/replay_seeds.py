"""Replay the five seed deployments: predict every stage, rehearse it, and hold both against what is true.

In: the examples' stages. Out: a table (stage, predicted, rehearsed, agree, seconds) and exit code 0 when prediction,
rehearsal and the documented truth agree everywhere, 1 when they do not. Everything goes through the command line, as a
user's does. `--fix` also repairs every failing stage with `firstpush fix --write`, then predicts and rehearses again.

Truth is `expect_verdict` and the first of `expect_causes` in stages.toml. `unknown` never counts against the
prediction, but is shown. A stage whose platform cannot be replicated here says why in the last column.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from materialise_stage import EXAMPLES, materialise, read_stages

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "src"))

from firstpush.model.cause import Cause  # noqa: E402
from firstpush.rehearsal.agreement import agrees  # noqa: E402

CANNOT_REHEARSE = 6


@dataclass(frozen=True, slots=True)
class Seen:
    """What one command said of one stage: verdict, the cause that a user meets first, how many deployments."""

    verdict: str = "-"
    cause: str | None = None
    deployments: int = 0
    seconds: float = 0.0
    note: str = ""

    def __str__(self) -> str:
        many = f" x{self.deployments}" if self.deployments > 1 else ""
        return f"{self.verdict}{many}{f' {self.cause}' if self.cause else ''}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    example: str
    stage: str
    kind: str
    truth: Seen
    predicted: Seen
    rehearsed: Seen
    fixed: Seen
    fixed_rehearsed: Seen
    problems: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """All commands together."""
        return sum(seen.seconds for seen in (self.predicted, self.rehearsed, self.fixed, self.fixed_rehearsed))


def run(arguments: Sequence[str], timeout: float) -> tuple[int, dict[str, Any], str, float]:
    """`python -m firstpush` with these arguments: exit code, JSON answer, standard error, seconds."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "firstpush", *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return -1, {}, f"no answer within {timeout:.0f} s", time.monotonic() - begun
    try:
        answer = json.loads(done.stdout) if done.stdout.strip() else {}
    except json.JSONDecodeError:
        answer = {}
    return done.returncode, answer, done.stderr.strip(), time.monotonic() - begun


def options(stage: dict[str, Any]) -> list[str]:
    """What the stage's files do not say, as command line options."""
    found = []
    if "as_of" in stage:
        found += ["--as-of", str(stage["as_of"])]
    if "builder_version" in stage:
        found += ["--builder", f"{stage['builder']}@{stage['builder_version']}"]
    for name, value in stage.get("env", {}).items():
        found += ["--env", f"{name}={value}"]
    return found


def together(verdicts: list[str]) -> str:
    """One verdict for many deployments: fails if one does, passes only if all do."""
    if not verdicts:
        return "-"
    for verdict in ("fails", "unknown"):
        if verdict in verdicts:
            return verdict
    return "passes"


def predict(folder: Path, stage: dict[str, Any]) -> Seen:
    """`firstpush check` on a laid-out stage."""
    code, answer, error, seconds = run(["check", str(folder), "--format", "json", *options(stage)], 60)
    if "deployments" not in answer:
        return Seen("error", None, 0, seconds, error.splitlines()[-1][:200] if error else f"exit {code}")
    deployments = answer["deployments"]
    firsts = [d["first_failure"] for d in deployments if d["first_failure"] is not None]
    cause = answer["diagnostics"][firsts[0]]["cause"] if firsts else None
    return Seen(together([d["verdict"] for d in deployments]), cause, len(deployments), seconds)


def rehearse(folder: Path, stage: dict[str, Any], more: Sequence[str], timeout: float) -> tuple[Seen, str]:
    """`firstpush rehearse` on a laid-out stage; also everything that the failing command said."""
    if not stage.get("rehearsable", True):
        return Seen(note="no replica of its packages"), ""
    code, answer, error, seconds = run(["rehearse", str(folder), "--format", "json", *options(stage), *more], timeout)
    if code == CANNOT_REHEARSE:
        return Seen(note=(error.splitlines() or ["cannot rehearse"])[0][:200], seconds=seconds), ""
    rehearsals = answer.get("rehearsals", [answer] if "verdict" in answer else [])
    if not rehearsals:
        return Seen("error", None, 0, seconds, (error.splitlines() or [f"exit {code}"])[-1][:200]), ""
    failed = next((r for r in rehearsals if r["verdict"] == "fails"), rehearsals[0])
    said = json.dumps(failed, ensure_ascii=False)
    notes = [f"disagrees: {d}" for r in rehearsals for d in r.get("disagreements", [])]
    verdict = together([r["verdict"] for r in rehearsals])
    return Seen(verdict, failed.get("cause"), len(rehearsals), seconds, "; ".join(notes)[:300]), said


def judge(stage: dict[str, Any], predicted: Seen, rehearsed: Seen, said: str) -> list[str]:
    """What does not agree, in words."""
    truth, causes = stage["expect_verdict"], stage["expect_causes"]
    problems = []
    for who, seen in (("predicted", predicted), ("rehearsed", rehearsed)):
        if seen.verdict == "error":
            problems.append(f"{who}: {seen.note}")
        elif seen.verdict not in {"-", "unknown", truth}:
            problems.append(f"{who} {seen.verdict}, is {truth}")
        elif seen.verdict == "fails" and causes and not same(causes[0], seen.cause, exact=who == "predicted"):
            problems.append(f"{who} {seen.cause}, is {causes[0]}")
    first = str(stage.get("quote", "")).strip().splitlines()[:1]
    if rehearsed.verdict == "fails" and first and json.dumps(first[0], ensure_ascii=False)[1:-1] not in said:
        problems.append(f"the rehearsal never said {first[0]!r}")
    return problems


def same(true: str, seen: str | None, *, exact: bool) -> bool:
    """A prediction must name the cause; a rehearsal sees only what the failure looks like (`uvicorn: not found`)."""
    if exact or seen is None:
        return true == seen
    return agrees(Cause(true), Cause(seen))


def repair(folder: Path, stage: dict[str, Any], more: Sequence[str], timeout: float, real: bool) -> tuple[Seen, Seen]:
    """`firstpush fix --write`, and what check and rehearse say then."""
    code, _, error, seconds = run(["fix", str(folder), "--write", *options(stage)], 120)
    if code not in {0, 1}:
        return Seen("error", None, 0, seconds, (error.splitlines() or [f"exit {code}"])[-1][:200]), Seen()
    again = predict(folder, stage)
    fixed = Seen(again.verdict, again.cause, again.deployments, again.seconds + seconds)
    return fixed, rehearse(folder, stage, more, timeout)[0] if real else Seen()


def replay(asked: argparse.Namespace) -> Iterator[Row]:
    """Every wanted stage, one after the other."""
    names = asked.only or sorted(p.parent.name for p in EXAMPLES.glob("*/stages.toml"))
    for name in names:
        for stage in read_stages(name)["stage"]:
            if asked.stage and not any(stage["dir"].startswith(wanted) for wanted in asked.stage):
                continue
            with tempfile.TemporaryDirectory(prefix="replay-") as scratch:
                folder = materialise(name, stage["dir"], Path(scratch) / name)
                predicted = predict(folder, stage)
                sample = ["--root", sampled(folder, stage)] if "each" in stage and not asked.all_services else []
                rehearsed, said = Seen(), ""
                if asked.rehearse:
                    rehearsed, said = rehearse(folder, stage, sample, asked.timeout)
                problems = judge(stage, predicted, rehearsed, said)
                fixed = fixed_rehearsed = Seen()
                if asked.fix and stage["expect_verdict"] == "fails":
                    fixed, fixed_rehearsed = repair(folder, stage, sample, asked.timeout, asked.rehearse)
                    problems += [
                        f"after fix, {who} {seen.verdict} {seen.cause or seen.note}"
                        for who, seen in (("predicted", fixed), ("rehearsed", fixed_rehearsed))
                        if seen.verdict in {"fails", "error"}
                    ]
            causes = stage["expect_causes"]
            truth = Seen(stage["expect_verdict"], causes[0] if causes else None)
            yield Row(name, stage["dir"], stage["kind"], truth, predicted, rehearsed, fixed, fixed_rehearsed, problems)


def sampled(folder: Path, stage: dict[str, Any]) -> str:
    """One service that stands for all that share its configuration."""
    return next(p for p in sorted(folder.glob(stage["each"])) if p.is_dir()).relative_to(folder).as_posix()


def main(argv: list[str] | None = None) -> int:
    """Command line entry. Exit code 1 when anything disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="EXAMPLE", help="only this example; repeatable")
    parser.add_argument("--stage", action="append", default=[], metavar="PREFIX", help="only stages beginning so")
    parser.add_argument("--no-rehearse", dest="rehearse", action="store_false", help="predict only; runs nothing")
    parser.add_argument("--fix", action="store_true", help="repair failing stages, and judge the result")
    parser.add_argument("--all-services", action="store_true", help="rehearse all 26 Vocelio services in every stage")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one rehearsal")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    asked = parser.parse_args(argv)

    wide = f"{{:50}} {{:28}} {{:28}}{' {:28}' if asked.fix else ''} {{:6}} {{:>7}}"
    head = ["stage", "predicted", "rehearsed", *(["after fix"] if asked.fix else []), "agree", "seconds"]
    print(wide.format(*head))
    rows = []
    for row in replay(asked):
        rows.append(row)
        after = f"{row.fixed} / {row.fixed_rehearsed}"
        cells = [f"{row.example} {row.stage}", str(row.predicted), str(row.rehearsed), *([after] if asked.fix else [])]
        print(wide.format(*cells, "NO" if row.problems else "yes", f"{row.seconds:.1f}"), flush=True)
        for line in [*row.problems, *filter(None, {row.predicted.note, row.rehearsed.note})]:
            print(f"    {line}")
    wrong = sum(bool(row.problems) for row in rows)
    print(f"\n{len(rows)} stages, {len(rows) - wrong} agree, {sum(row.seconds for row in rows):.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
