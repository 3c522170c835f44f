"""Does the cascade close? For every failing stage of the examples and every failure class: the verdict before, the
repair that `firstpush fix --write` makes, the verdict after, and what a rehearsal of the repaired project says.

In: `examples/*/stages.toml`, `tests/fixes/classes.toml`, the examples on the rules' pages. Out: a Markdown table; with
`--write` it is put into docs/fixes.md between its markers. Exit code 1 when a project is left failing that should not
be.

    python tasks/cascade_table.py [--only NAME] [--rehearse] [--write]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from materialise_stage import EXAMPLES, materialise, read_stages

from firstpush.fixes.result import FixResult, fix
from firstpush.fixes.write import write
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

REPOSITORY = Path(__file__).resolve().parent.parent
CLASSES = REPOSITORY / "tests" / "fixes" / "classes.toml"
DOCUMENT = REPOSITORY / "docs" / "fixes.md"
BEGIN, END = "<!-- cascade table -->\n", "<!-- end of cascade table -->\n"


@dataclass(frozen=True)
class Case:
    """A project to repair. `after`: the verdict that it should end with."""

    name: str
    title: str
    settings: Settings
    folder: Path
    after: str = "passes"
    rehearsable: bool = True
    why: str = ""


@dataclass(frozen=True)
class Row:
    case: Case
    before: str
    repair: str
    after: str
    rehearsed: str

    @property
    def right(self) -> bool:
        return all(one.startswith(self.case.after) for one in self.after.split(", ")) and "fails" not in self.rehearsed


def stages(only: str | None, base: Path) -> Iterator[Case]:
    """The stages of the examples that fail."""
    for file in sorted(EXAMPLES.glob("*/stages.toml")):
        example = file.parent.name
        for stage in read_stages(example)["stage"]:
            name = f"{example} {stage['dir']}"
            if stage["expect_verdict"] != "fails" or (only and only not in name):
                continue
            folder = base / f"{example}-{stage['dir']}"
            materialise(example, stage["dir"], folder)
            settings = Settings(
                platforms=(stage["platform"],), vercel_framework=stage.get("vercel_framework"), root=stage.get("root")
            )
            yield Case(name, stage["title"], settings, folder)


def classes(only: str | None, base: Path) -> Iterator[Case]:
    """The failure classes."""
    data = tomllib.loads(CLASSES.read_text("utf-8"))
    for row in data["class"]:
        if only and only not in row["id"]:
            continue
        folder = base / row["id"]
        lay_out(folder, {**data["base"], **row["files"]})
        yield Case(
            row["id"], row["title"], class_settings(row), folder, row.get("after", "passes"), why=row.get("why", "")
        )


# Pages whose example only its author can repair, and why.
FOR_THE_AUTHOR = {
    "FP100": "what the command should find is not known",
    "FP215": "what the command should say is not known",
    "FP401": "two files name two builders: which is meant is a decision",
    "FP512": "what the function should answer is not known",
    "FP514": "which packages the app can do without is a decision",
    "FP406": "which of two apps is meant is a decision",
}
# Pages whose example is repaired, after which the outcome cannot be known, and why.
NOT_KNOWN = {
    "FP107": "what the example's main.py does is not known",
    "FP108": "what the example's main.py does is not known",
    "FP213": "what `npm run` does is not known",
    "FP307": "Dockerfile builds are not modelled yet",
    "FP309": "Dockerfile builds are not modelled yet",
    "FP311": "what gunicorn's app connects to is not known",
    "FP405": "what the example's main.py does is not known",
    "FP407": "what the example's main.py does is not known",
    "FP901": "what the example's main.py does is not known",
}


def pages(only: str | None, base: Path) -> Iterator[Case]:
    """The examples on the rules' pages that fail or are at risk."""
    sys.path.insert(0, str(REPOSITORY))
    from firstpush.cli import options
    from tests.rules.pages import read_page

    for file in sorted((REPOSITORY / "docs" / "rules").glob("FP*.md")):
        page = read_page(file)
        if not page.broken or (only and only not in page.code):
            continue
        folder = base / page.code
        lay_out(folder, page.broken)
        parser = argparse.ArgumentParser()
        options.add_project(parser)
        (settings,) = options.project_settings(parser.parse_args([str(folder), *page.options]))
        why = FOR_THE_AUTHOR.get(page.code) or NOT_KNOWN.get(page.code, "")
        after = "" if page.code in FOR_THE_AUTHOR else "unknown" if why else "passes"
        yield Case(page.code, page.name, settings, folder, after, rehearsable=False, why=why)


def class_settings(row: dict[str, Any]) -> Settings:
    """How a failure class is deployed."""
    return Settings(platforms=("railway",), env=row.get("env", {}), as_of="2026-11-20")


def lay_out(folder: Path, files: dict[str, str]) -> None:
    """Files with their text; an empty text leaves one out."""
    for path, text in files.items():
        if text:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text.removeprefix("\n"), encoding="utf-8", newline="")


def known(files: list[Path]) -> dict[tuple[str, str], str]:
    """What rehearsals said in tables that were printed before: project and repair → result. A repair that is the same
    needs no second rehearsal."""
    found = {}
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if len(cells) == 6 and cells[5] not in ("-", "rehearsed"):
                found[cells[0], cells[3]] = cells[5]
    return found


def run(case: Case, rehearse: bool, before_that: dict[tuple[str, str], str]) -> Row:
    """Repair the project on disk, then judge what is there."""
    result = fix(ProjectTree(case.folder), case.settings, unsafe=True)
    write(case.folder, result.workspace.writes())
    again = fix(ProjectTree(case.folder), case.settings, unsafe=True)
    after = counted(each.before.verdict for each in again.deployments)
    if again.workspace.writes():
        after += ", and would change again"
    rehearsed = before_that.get((case.name, repair(result)), "-")
    if rehearsed == "-" and rehearse and case.rehearsable and "fails" not in after:
        roots = [each.key[1] for each in again.deployments]
        rehearsed = rehearsal(case, roots[0] if roots[0] != "." else case.settings.root)
        rehearsed += f" ({roots[0]}; {len(roots) - 1} are alike)" if len(roots) > 1 else ""
    return Row(case, counted(before(result)), repair(result), after, rehearsed)


def before(result: FixResult) -> Iterator[str]:
    for each in result.deployments:
        cause = f" ({each.before.errors[0].cause.value})" if each.before.errors else ""
        yield each.before.verdict + cause


def repair(result: FixResult) -> str:
    """The steps of the repair, by strategy."""
    told = []
    for each in result.deployments:
        if each.chosen is None:
            told.append("none")
            continue
        names = [link.proposal.strategy for link in each.chosen.links]
        level = each.chosen.applicability.value
        told.append(" + ".join(dict.fromkeys(names)) + ("" if level == "safe" else f" ({level})"))
    return counted(told)


def counted(items: Any) -> str:
    counts = Counter(items)
    return ", ".join(name if number == 1 else f"{name} ×{number}" for name, number in counts.items())


def rehearsal(case: Case, root: str | None) -> str:
    """What `firstpush rehearse` says of the repaired project."""
    words = [sys.executable, "-m", "firstpush", "rehearse", str(case.folder)]
    for platform in case.settings.platforms:
        words += ["--platform", platform]
    if root:
        words += ["--root", root]
    if case.settings.vercel_framework is not None:
        words += ["--vercel-framework", case.settings.vercel_framework]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=1800)
    return {0: "passes", 5: "fails", 6: "cannot rehearse here"}.get(done.returncode, f"exit {done.returncode}")


def table(rows: list[Row]) -> str:
    lines = ["| project | what is wrong | before | repair | after | rehearsed |", "|---|---|---|---|---|---|"]
    for row in rows:
        case = row.case
        cells = [case.name, case.title, row.before, row.repair, row.after + (f" ({case.why})" if case.why else "")]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in [*cells, row.rehearsed]) + " |")
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", help="only cases whose name has this in it")
    parser.add_argument("--kind", action="append", choices=("stages", "classes", "pages"), help="only these")
    parser.add_argument("--rehearse", action="store_true", help="rehearse what was repaired")
    parser.add_argument("--rehearsed", action="append", default=[], type=Path, help="a table of an earlier rehearsal")
    parser.add_argument("--write", action="store_true", help="put the table into docs/fixes.md")
    args = parser.parse_args(argv)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        kinds = {"stages": stages, "classes": classes, "pages": pages}
        for case in (case for kind in args.kind or kinds for case in kinds[kind](args.only, base)):
            rows.append(run(case, args.rehearse, known(args.rehearsed)))
            print(
                f"{'ok   ' if rows[-1].right else 'WRONG'} {case.name}: {rows[-1].before} -> {rows[-1].after}",
                file=sys.stderr,
            )
    text = table(rows)
    if args.write:
        document = DOCUMENT.read_text("utf-8")
        head, _, rest = document.partition(BEGIN)
        DOCUMENT.write_text(head + BEGIN + "\n" + text + "\n" + END + rest.partition(END)[2], encoding="utf-8")
    else:
        print(text, end="")
    wrong = [row for row in rows if not row.right]
    print(f"{len(rows) - len(wrong)} of {len(rows)} as they should be", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
