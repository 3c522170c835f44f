"""pdm. In: invocation, version; out: `Result`.

Runs of 2.29.3: it never looks at the marker; `-g` writes into the system's Python.
"""

from __future__ import annotations

from firstpush.model.cause import Cause
from firstpush.simulate.installers.paths import xdg_config_home
from firstpush.simulate.installers.requirements import read_toml
from firstpush.simulate.installers.results import done, unsure
from firstpush.simulate.installers.running_python import Scheme
from firstpush.simulate.installers.tool_common import (
    ToolRun,
    cwd_of,
    into,
    into_venv,
    nested,
    path_python,
    python_at,
    read,
    requirements,
)
from firstpush.simulate.invocation import Install, Invocation, Result, WriteFile

_VALUED = ("-p", "--project", "-G", "--group", "-L", "--lockfile", "-c", "--config", "--venv")


def run_pdm(invocation: Invocation, version: str) -> Result:
    """What `pdm …` does."""
    run = read(invocation, version, _VALUED)
    config = f"{xdg_config_home(run.env, invocation.user)}/pdm/config.toml"
    if run.command == "config":
        texts = run.texts()
        if len(texts) == 2:
            return done(effects=(WriteFile(config, f'"{texts[0]}" = "{texts[1]}"\n'),))
        return done()
    if run.command not in ("install", "sync", "add", "update", "run"):
        return done()
    folder = cwd_of(run, "-p", "--project")
    everywhere = bool({"-g", "--global"} & run.options)
    table = read_toml(invocation.state, f"{folder}/pyproject.toml", invocation.user)
    if table is None and not everywhere:
        if invocation.state.files.exists(f"{folder}/pyproject.toml") is False:
            return run.fail(Cause.WRONG_WORKING_DIRECTORY, "The pyproject.toml has not been initialized yet.")
        return unsure(f"the content of {folder}/pyproject.toml is not known")
    project = (table or {}).get("project")
    texts = [str(text) for text in project.get("dependencies", [])] if isinstance(project, dict) else []
    return _place(run, folder, config, texts + (run.texts() if run.command == "add" else []), everywhere)


def _place(run: ToolRun, folder: str, config: str, texts: list[str], everywhere: bool) -> Result:
    invocation = run.invocation
    python = path_python(invocation)
    if python is None:
        return unsure("the Python that pdm takes is not known")
    needs = requirements(texts, invocation)
    if everywhere:
        return into(run, python, python.default_scheme, needs)
    active = run.env.get("VIRTUAL_ENV")
    if active and (inside := python_at(invocation, f"{active}/bin/python")):
        if run.command == "run":
            return nested(run, run.words, active)
        return into(run, inside, inside.default_scheme, needs)
    settings = invocation.state.files.text(config) if invocation.state.files.is_file(config) else ""
    if '"python.use_venv" = "false"' in (settings or "") or run.env.get("PDM_USE_VENV") in ("0", "false"):
        site = f"{folder}/__pypackages__/{python.version}/lib"
        return into(run, python, Scheme(site, f"{folder}/__pypackages__/{python.version}/bin", folder), needs)
    result = into_venv(run, python, f"{folder}/.venv", needs, None)
    if run.command != "run" or result.failure or result.unknown:
        return result
    for effect in result.effects:
        if not isinstance(effect, Install):
            invocation.state.apply(effect)
    return nested(run, run.words, f"{folder}/.venv")
