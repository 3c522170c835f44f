"""Files that Vercel's builder reads in its own way: requirements, lock file, version file, pyproject.toml, scripts."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join, normpath

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.diagnostic import Edit, FileChange
from firstpush.model.plan import PlanProblem
from firstpush.model.text import Span
from firstpush.syntax.source import Source

NAME = "vercel-files"
INSTALL = False
NAMES = frozenset({"phase:*", "builder", "start", "python"})


def propose(situation: Situation) -> Iterator[Proposal]:
    if situation.prediction.plan.platform != "vercel":
        return
    for problem in situation.prediction.plan.problems:
        repair = _REPAIRS.get(problem.key)
        source = situation.tree.source(problem.primary.span.path)
        if repair is not None and source is not None:
            yield from repair(situation, problem, source)


def _requirements(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    """Write an included file's lines here; delete what cannot be read; `==` for `=`."""
    span = problem.primary.span
    written = source.data[span.start : span.end].decode("utf-8", "replace")
    encoding = problem.data.get("encoding")
    if encoding is not None:
        try:
            text = source.data.decode(encoding)
        except UnicodeDecodeError:
            return
        change = FileChange(span.path, text)
        yield Proposal(NAME, f"save {span.path} as UTF-8", files=(change,), names=NAMES)
        return
    if "include" in problem.data and written.startswith("-c"):
        behaviour = "the versions of the constraints file are no longer kept to"
        title = f"delete `{written}` from {span.path}: Vercel does not follow `-c`"
        yield Proposal(NAME, title, (Edit(_line(source, span), ""),), names=NAMES, behaviour=behaviour)
        return
    if "include" in problem.data:
        name = written.split(maxsplit=1)[-1].removeprefix("-r").strip()
        other = normpath(join(dirname(span.path), name))
        included = situation.tree.text(other)
        if included is None:
            return
        lines = [line for line in included.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        title = f"write the requirements of {other} into {span.path}: Vercel does not follow `-r`"
        cost = f"{other} and {span.path} must be kept alike from now on."
        yield Proposal(NAME, title, (Edit(span, "\n".join(lines)),), names=NAMES, cost=cost)
        return
    name, equals, version = written.partition("=")
    if equals and not version.startswith("=") and name.strip().replace("-", "").replace("_", "").isalnum():
        edit = Edit(span, f"{name.strip()}=={version.strip()}")
        yield Proposal(NAME, f"write `==` in {span.path}", (edit,), names=NAMES)
        return
    yield Proposal(NAME, f"delete `{written}` from {span.path}", (Edit(_line(source, span), ""),), names=NAMES)


def _lock(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    """Without a lock file uv resolves anew."""
    path = join(dirname(source.path), "uv.lock")
    if situation.tree.exists(path):
        change = FileChange(path, None)
        behaviour = "the newest versions that fit are installed instead of the locked ones"
        title = f"delete {path}: it does not belong to {source.path}"
        yield Proposal(NAME, title, files=(change,), names=NAMES, behaviour=behaviour)


def _version(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    """Ask for the default Python."""
    if not source.path.endswith(".python-version"):
        return
    edit = Edit(problem.primary.span, "3.12")
    behaviour = "the app runs on Python 3.12"
    yield Proposal(NAME, f"ask for Python 3.12 in {source.path}", (edit,), names=NAMES, behaviour=behaviour)


def _build_system(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    config = open_config(situation.tree, source.path)
    if config is not None and config.get("build-system") is not None:
        config.delete("build-system")
        title = f"delete [build-system] from {config.path}: the app is deployed, not built as a package"
        yield Proposal(NAME, title, config.edits(), names=NAMES)


def _project_table(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    """Give pyproject.toml the table that it lacks, with the requirements that it hides."""
    hidden = next(iter(problem.data.get("requirements", ())), None)
    text = situation.tree.text(hidden) if hidden else None
    if text is None:
        return
    lines = [line.partition(" #")[0].strip() for line in text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    if any(line.startswith("-") for line in wanted):
        return
    listed = "".join(f"  {_quoted(line)},\n" for line in wanted)
    table = '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=3.12"\n'
    edit = Edit(Span(source.path, 0, 0), f"{table}dependencies = [\n{listed}]\n\n")
    title = f"add a [project] table to {source.path} with the requirements of {hidden}"
    cost = f"The requirements then stand in {source.path} and in {hidden}."
    yield Proposal(NAME, title, (edit,), names=NAMES, cost=cost)


def _quoted(line: str) -> str:
    return "'" + line + "'" if '"' in line else '"' + line + '"'


def _script(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    """Take the install out of a script, and let the script stop at failures."""
    line = _line(source, problem.primary.span)
    start = source.data.find(b"\n") + 1 if source.data.startswith(b"#!") else 0
    if line.start == start:
        edits: tuple[Edit, ...] = (Edit(line, "set -e\n"),)
    else:
        edits = (Edit(Span(source.path, start, start), "set -e\n"), Edit(line, ""))
    behaviour = "the script stops at the first failure from now on"
    title = f"delete the install from {source.path} and begin it with `set -e`"
    yield Proposal(NAME, title, edits, names=NAMES, behaviour=behaviour)


def _source(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    edit = Edit(problem.primary.span, ".")
    yield Proposal(NAME, f"write `.` instead of `source` in {source.path}", (edit,), names=NAMES)


def _entry(situation: Situation, problem: PlanProblem, source: Source) -> Iterator[Proposal]:
    """Name the one file that has an application object."""
    found = problem.data.get("suggest", ())
    path = situation.path("pyproject.toml")
    config = open_config(situation.tree, path)
    if len(found) != 1 or config is None or config.get("project") is None or "module" not in problem.data:
        return
    value = problem.data["module"]
    config.set_string("tool", "vercel", "entrypoint", value=value)
    title = f'name the app in {path}: `entrypoint = "{value}"`'
    yield Proposal(NAME, title, config.edits(), names=NAMES)


def _line(source: Source, span: Span) -> Span:
    """The whole line, its end included."""
    start = source.data.rfind(b"\n", 0, span.start) + 1
    end = source.data.find(b"\n", span.end)
    return Span(span.path, start, len(source.data) if end < 0 else end + 1)


_REPAIRS = {
    "vercel-requirements": _requirements,
    "vercel-stale-lock": _lock,
    "vercel-python-version": _version,
    "vercel-project-cannot-be-built": _build_system,
    "vercel-no-project-table": _project_table,
    "vercel-script-without-set-e": _script,
    "vercel-source-under-sh": _source,
    "vercel-no-entrypoint": _entry,
}
