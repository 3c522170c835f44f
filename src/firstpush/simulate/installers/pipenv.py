"""pipenv. In: invocation, version; out: `Result`.

Its own environment, or with `--system` its vendored pip (newer than 23.0.1) on the Python of PATH: that one refuses.
Runs of 2023.12.1 and 2026.10.3.
"""

from __future__ import annotations

import hashlib
import shlex

from firstpush.model.cause import Cause
from firstpush.model.value import replace
from firstpush.simulate.installers.lockfiles import locked_by_pipenv
from firstpush.simulate.installers.pip import run_pip
from firstpush.simulate.installers.pip_run import Pip
from firstpush.simulate.installers.requirements import read_toml
from firstpush.simulate.installers.results import done, unsure
from firstpush.simulate.installers.tool_common import (
    ToolRun,
    data_folder,
    into_venv,
    is_true,
    nested,
    path_python,
    read,
    requirements,
)
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.invocation import Invocation, Result, Word, WriteFile

_VALUED = (
    "--python",
    "--extra-pip-args",
    "-r",
    "--requirements",
    "-i",
    "--index",
    "--pypi-mirror",
    "--categories",
    "-c",
)
VENDORED_PIP = "24.0"


def run_pipenv(invocation: Invocation, version: str) -> Result:
    """What `pipenv …` does."""
    run = read(invocation, version, _VALUED)
    if run.command not in ("install", "sync", "lock", "run", "update", "upgrade"):
        return done()
    cwd, files = invocation.cwd, invocation.state.files
    pipfile = run.env.get("PIPENV_PIPFILE") or f"{cwd}/Pipfile"
    table = read_toml(invocation.state, pipfile, invocation.user)
    if table is None and files.exists(pipfile) is None:
        return unsure(f"the content of {pipfile} is not known")
    locked = files.exists(f"{cwd}/Pipfile.lock")
    packages = table.get("packages") if table else None
    names = [*(packages if isinstance(packages, dict) else ()), *(run.texts() if run.command == "install" else ())]
    if "--deploy" in run.options and locked is False:
        return run.fail(
            Cause.LOCKFILE_MISSING, "Pipfile.lock not found! You need to run `pipenv lock` before you can continue."
        )
    if "--system" in run.options:
        return _system(run, names, bool(locked))
    return _own(run, names)


def _system(run: ToolRun, names: list[str], locked: bool) -> Result:
    if not locked and at_least(run.version, "2025") and run.command == "install" and not run.texts():
        why = "Usage: --system needs a Pipfile.lock with this pipenv (run `pipenv lock` first)"
        return run.fail(Cause.LOCKFILE_MISSING, why)
    python = path_python(run.invocation)
    if python is None:
        return unsure("the Python that pipenv --system takes is not known")
    lock = locked_by_pipenv(run.invocation.state, f"{run.invocation.cwd}/Pipfile.lock")
    names = list(dict.fromkeys([*names, *(item.name for item in lock if item.name)]))
    words = ["install", "--no-deps", *names, *shlex.split(run.values.get("--extra-pip-args", ""))]
    if is_true(run.env.get("PIPENV_BREAK_SYSTEM_PACKAGES")) and at_least(run.version, "2024"):
        words.append("--break-system-packages")
    argv = (run.invocation.argv[0], *(Word(text) for text in words))
    result = run_pip(
        replace(run.invocation, argv=argv), python, Pip(VENDORED_PIP, index=run.invocation.state.machine.index)
    )
    return replace(result, exit_code=1) if result.failure is not None else result


def _own(run: ToolRun, names: list[str]) -> Result:
    invocation = run.invocation
    python = path_python(invocation)
    if python is None:
        return unsure("the Python that pipenv takes is not known")
    active = run.env.get("VIRTUAL_ENV")
    folder = f"{invocation.cwd}/.venv"
    here = is_true(run.env.get("PIPENV_VENV_IN_PROJECT")) or invocation.state.files.is_folder(folder)
    digest = hashlib.sha256(invocation.cwd.encode()).hexdigest()[:8]
    path = active or (
        folder if here else data_folder(invocation, "virtualenvs", f"{invocation.cwd.rpartition('/')[2]}-{digest}")
    )
    needs = requirements(names, invocation) if run.command in ("install", "sync", "update", "upgrade") else []
    if needs or run.command in ("install", "sync"):
        needs += locked_by_pipenv(invocation.state, f"{invocation.cwd}/Pipfile.lock")
    result = into_venv(run, python, path, needs, "24.0")
    if result.failure or result.unknown:
        return result
    lock = WriteFile(f"{invocation.cwd}/Pipfile.lock", None)
    if run.command != "run":
        return replace(result, effects=(*result.effects, lock) if run.command != "sync" else result.effects)
    for effect in result.effects:
        invocation.state.apply(effect)
    return nested(run, run.words, path)
