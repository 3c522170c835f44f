"""`uv venv`, and the environments that uv makes by itself. In: `UvRun`; out: `Result`.

Follows crates/uv-virtualenv/src/virtualenv.rs and crates/uv/src/commands/venv.rs.
"""

from __future__ import annotations

import posixpath
import re

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.requirements import read_toml
from firstpush.simulate.installers.resolution import matching
from firstpush.simulate.installers.results import done, os_error, unsure, write_problem
from firstpush.simulate.installers.uv_run import UvRun, find, managed_folder, managed_preference
from firstpush.simulate.invocation import AddPackages, Effect, MakeVenv, Result, Word
from firstpush.simulate.state import PythonView

DOWNLOADED = "uv-python"  # the manager's name under which uv's downloaded Pythons are known to the state


def venv(run: UvRun) -> Result:
    """`uv venv [PATH]`."""
    arguments = run.arguments
    word = arguments.positional[0] if arguments.positional else None
    if word is not None and word.text is None:
        return unsure("the folder of the virtual environment is not known")
    path = absolute(word.text if word is not None and word.text else ".venv", run.cwd)
    request = arguments.text("python") or pinned(run)
    found = find(run, request, "system", managed=managed_preference(run, pip=False))
    effects: list[Effect] = []
    if found.view is None:
        downloaded = download(run, request)
        if isinstance(downloaded, Result):
            return downloaded
        effects.append(downloaded[0])
        interpreter = downloaded[1]
    else:
        interpreter = found.view.real
    if problem := _occupied(run, path, word):
        return problem
    if kind := run.invocation.state.files.writable(path, run.invocation.user):
        why = f"error: Failed to create virtual environment: {os_error(kind, path)}"
        return run.fail(write_problem(kind), why, 2 if run.at_least("0.8") else 1, word=word)
    pip = None
    if arguments.flag("seed"):
        version = matching(run.invocation.state.machine.index, "pip", "") if run.index_known else None
        if version is False:
            why = "error: Failed to install seed packages: pip was not found in the package registry"
            return run.fail(Cause.NO_MATCHING_DISTRIBUTION, why, 2 if run.at_least("0.8") else 1)
        pip = version if isinstance(version, str) else "25.0"
    made = MakeVenv(path, interpreter, pip, arguments.flag("system-site-packages"), f"uv {run.version}")
    return done(Place.VENV if pip else Place.NONE, (*effects, made))


def _occupied(run: UvRun, path: str, word: Word | None) -> Result | None:
    """What stands at the place already: replaced, or refused from 0.10 on; a folder with other things never."""
    files = run.invocation.state.files
    code = 2 if run.at_least("0.8") else 1
    if files.is_file(path):
        return run.fail(
            Cause.USAGE_ERROR, f"error: Failed to create virtual environment: File exists at `{path}`", code, word=word
        )
    if not files.is_folder(path) or run.arguments.flag("clear") or run.arguments.flag("allow-existing"):
        return None
    if files.is_file(posixpath.join(path, "pyvenv.cfg")):
        if run.at_least("0.10"):
            why = f"error: A virtual environment already exists at `{path}`. Use `--clear` to replace it"
            return run.fail(Cause.USAGE_ERROR, why, code, word=word)
        return None
    if files.list(path):
        why = f"error: The directory `{path}` exists, but it's not a virtual environment"
        return run.fail(Cause.USAGE_ERROR, why, code, word=word)
    return None


def pinned(run: UvRun) -> str | None:
    """The version that `.python-version` here or above, or the project's `requires-python`, asks for."""
    state, user, folder = run.invocation.state, run.invocation.user, run.cwd
    if not run.at_least("0.2.37"):
        return None
    while True:
        path = posixpath.join(folder, ".python-version")
        if state.files.is_file(path):
            text = state.files.text(path)
            lines = [line.strip() for line in (text or "").splitlines() if line.strip() and not line.startswith("#")]
            if lines and re.match(r"[\w.@<>=!~-]+$", lines[0]):
                return lines[0]
        table = read_toml(state, posixpath.join(folder, "pyproject.toml"), user)
        project = table.get("project") if table else None
        if isinstance(project, dict) and isinstance(project.get("requires-python"), str):
            return str(project["requires-python"])
        if folder == "/":
            return None
        folder = posixpath.dirname(folder)


def download(run: UvRun, request: str | None) -> tuple[Effect, str] | Result:
    """A Python that uv fetches by itself: the effect and where it will be; or why it does not."""
    setting = run.env.get("UV_PYTHON_DOWNLOADS") or run.settings.top.get("python-downloads") or "automatic"
    forbidden = str(setting).lower() in ("never", "manual", "false") or run.arguments.flag("no-python-downloads")
    forbidden = forbidden or managed_preference(run, pip=False) == "only-system" or run.arguments.flag("offline")
    code = 2 if run.at_least("0.8") or run.arguments.command != "venv" else 1
    if forbidden or not run.at_least("0.3"):
        why = (
            f"error: No interpreter found{f' for {request}' if request else ''} in managed installations or search path"
        )
        return run.fail(Cause.PYTHON_COMMAND_NOT_FOUND, why, code)
    if run.invocation.state.machine.index.projects is not None:
        return unsure("uv would download a Python, and it is not known whether it can")
    match = re.search(r"\d+\.\d+(?:\.\d+)?", request or "")
    version = match[0] if match and not re.match(r"[<>!]", request or "") else "3.13"
    folder = posixpath.join(managed_folder(run), f"cpython-{version}-linux-x86_64-gnu")
    return AddPackages(DOWNLOADED, (folder,)), f"{folder}/bin/python{'.'.join(version.split('.')[:2])}"


def works(run: UvRun, view: PythonView) -> bool:
    """Whether a virtual environment that is made with this Python is one (an old Nix wrapper makes it none)."""
    trial = run.invocation.state.copy()
    path = "/tmp/.uv-trial"
    trial.apply(MakeVenv(path, view.real, None))
    inside = trial.python(f"{path}/bin/python", run.env, run.invocation.user)
    return inside is not None and inside.prefix == path
