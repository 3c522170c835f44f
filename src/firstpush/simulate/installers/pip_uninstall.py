"""`pip uninstall`. In: `PipRun`; out: `Result`. Follows pip/_internal/commands/uninstall.py and req_uninstall.py."""

from __future__ import annotations

from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import dataclass
from firstpush.simulate.installers.paths import is_below
from firstpush.simulate.installers.pip_run import PipRun, managed
from firstpush.simulate.installers.requirements import Problem, Requirement, canonical, read_file, read_word
from firstpush.simulate.installers.resolution import Found
from firstpush.simulate.installers.results import done, os_error, unsure, write_problem
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.versions import behaves
from firstpush.simulate.invocation import Effect, Result, Uninstall


def uninstall(run: PipRun) -> Result:
    """What `pip uninstall …` does."""
    names = _names(run)
    if isinstance(names, Problem):
        return run.fail(names.cause, names.why, word=names.word)
    if not names and not run.arguments.loose_unknown:
        return run.fail(
            Cause.USAGE_ERROR, 'You must give at least one requirement to uninstall (see "pip help uninstall")'
        )
    if not run.arguments.values.flag("override_externally_managed") and (refusal := managed(run)):
        return refusal
    installed = run.installed()
    effects: list[Effect] = []
    for name in names:
        old = installed.get(canonical(name))
        what = removal(run, old) if old is not None else Removal(skip=True)
        if old is None or what.skip:
            continue
        if what.doubt:
            return unsure(what.doubt)
        if what.cause is not None and what.cause is Cause.OTHER:
            return run.fail(what.cause, what.why, what.exit_code)
        if not run.arguments.values.flag("yes"):
            if run.invocation.stdin is None:
                return unsure("pip asks whether to proceed, and the answer is not known")
            if not run.invocation.stdin.strip().lower().startswith("y"):
                if run.invocation.stdin.strip():
                    continue
                return run.fail(Cause.OTHER, "pip asks whether to proceed and standard input is at its end", 2)
        if what.cause is not None:
            return run.fail(what.cause, what.why, what.exit_code)
        effects.append(Uninstall((old.distribution.name,), old.site))
    return done(Place.REMOVED if effects else Place.NONE, effects)


def _names(run: PipRun) -> list[str] | Problem:
    names: list[str] = []
    for word in run.arguments.positional:
        read = read_word(word, run.python.state, run.invocation.cwd)
        if isinstance(read, Problem):
            return read
        if isinstance(read, Requirement) and read.name:
            names.append(read.name)
    for path in run.arguments.values.lists.get("requirements", []):
        if path is None:
            continue
        given = run.arguments.values.given.get("requirements")
        content = read_file(path, run.python.state, run.invocation.cwd, run.python.user, given.word if given else None)
        if isinstance(content, Problem):
            return content
        names += [item.name for item in content.requirements if item.name]
    return names


@dataclass(frozen=True, slots=True)
class Removal:
    """What becomes of an installed distribution: removed, left alone (`skip`), not removable (`cause`, `why`,
    `exit_code` of `pip uninstall`), or not known (`doubt`)."""

    skip: bool = False
    cause: Cause | None = None
    why: str = ""
    exit_code: int = 1
    doubt: str | None = None


def removal(run: PipRun, old: Found) -> Removal:
    """Follows `UninstallPathSet.from_dist`, with Debian's patch where this pip has it."""
    python = run.python
    if python.virtual and not is_below(old.site, python.view.prefix):
        return Removal(skip=True)
    if _dpkg_owned(python, old):
        if run.pip.debian and behaves("pip-of-debian", "hands-off-system-packages", run.pip.version):
            return Removal(skip=True)
        record = _has_record(python)
        if record is None:
            return Removal(doubt=f"it is not known whether {old.distribution.name} has a RECORD file")
        if not record:
            name = f"{old.distribution.name} {old.distribution.version or ''}".strip()
            return Removal(cause=Cause.OTHER, why=f"Cannot uninstall {name}: no RECORD file was found for it")
    if kind := python.state.files.writable(old.site, python.user):
        return Removal(cause=write_problem(kind), why=os_error(kind, old.site), exit_code=2)
    return Removal()


def _dpkg_owned(python: RunningPython, old: Found) -> bool:
    """Whether dpkg put it there: below /usr, outside of where an install goes."""
    if python.view.vendor != "debian" or python.virtual:
        return False
    return is_below(old.site, "/usr") and not is_below(old.site, "/usr/local")


def _has_record(python: RunningPython) -> bool | None:
    machine = python.state.machine
    for row in table("installers")["debian_metadata"]:
        if machine.os_id == "debian" and machine.os_version.split(".")[0] == row["release"]:
            return bool(row["record"])
    return None
