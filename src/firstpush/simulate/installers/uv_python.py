"""`uv python install`, `uv init` and uv's commands that install nothing. In: `UvRun`; out: `Result`."""

from __future__ import annotations

import posixpath
import re

from firstpush.model.cause import Cause
from firstpush.simulate.installers.results import done, unsure
from firstpush.simulate.installers.uv_run import UvRun, managed_folder
from firstpush.simulate.installers.uv_venv import DOWNLOADED
from firstpush.simulate.invocation import AddPackages, Effect, Result, WriteFile


def install(run: UvRun) -> Result:
    """`uv python install [VERSION…]`: Pythons that carry the marker."""
    if run.invocation.state.machine.index.projects is not None:
        return unsure("it is not known whether uv can download a Python there")
    effects: list[Effect] = []
    for word in run.arguments.positional:
        match = re.search(r"\d+\.\d+(?:\.\d+)?", word.text or "")
        if match is None:
            return unsure("the version that uv installs is not known")
        folder = posixpath.join(managed_folder(run), f"cpython-{match[0]}-linux-x86_64-gnu")
        effects.append(AddPackages(DOWNLOADED, (folder,)))
    return done(effects=effects)


def other(run: UvRun) -> Result:
    """Commands whose options are not read: they install nothing."""
    command = run.arguments.command or ""
    if command == "init":
        path = posixpath.join(run.cwd, "pyproject.toml")
        if run.invocation.state.files.exists(path):
            return run.fail(Cause.USAGE_ERROR, "error: Project is already initialized")
        text = '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=3.9"\ndependencies = []\n'
        return done(effects=(WriteFile(path, text),))
    return done()
