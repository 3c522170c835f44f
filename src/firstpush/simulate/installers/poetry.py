"""poetry. In: invocation, version; out: `Result`.

Which environment: the activated one, else the system's when `virtualenvs.create` is off, else its own. It never looks
at the marker. Runs of 1.8.5 and 2.5.1: only the latter falls back to the user site.
"""

from __future__ import annotations

import hashlib
import tomllib
from typing import Any

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.simulate.installers.lockfiles import locked
from firstpush.simulate.installers.paths import below_home, xdg_config_home
from firstpush.simulate.installers.requirements import Requirement, read_toml
from firstpush.simulate.installers.results import done, unsure
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.tool_common import (
    ToolRun,
    cwd_of,
    into,
    into_venv,
    is_true,
    nested,
    path_python,
    python_at,
    read,
    requirements,
)
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.invocation import Invocation, Result, WriteFile

_VALUED = (
    "-C",
    "--directory",
    "-P",
    "--project",
    "--with",
    "--without",
    "--only",
    "-E",
    "--extras",
    "-G",
    "--group",
    "--source",
)
_INSTALL = ("install", "sync", "update", "add", "remove")


def run_poetry(invocation: Invocation, version: str) -> Result:
    """What `poetry …` does."""
    run = read(invocation, version, _VALUED)
    folder = cwd_of(run, "-P", "--project", "-C", "--directory")
    if run.command == "config":
        return _config(run, folder)
    if run.command not in (*_INSTALL, "run", "lock", "export", "check", "env", "show", "build", "shell"):
        return done()
    table = read_toml(invocation.state, f"{folder}/pyproject.toml", invocation.user)
    if table is None:
        if invocation.state.files.exists(f"{folder}/pyproject.toml") is False:
            why = f"Poetry could not find a pyproject.toml file in {folder} or its parents"
            return run.fail(Cause.WRONG_WORKING_DIRECTORY, why)
        return unsure(f"the content of {folder}/pyproject.toml is not known")
    if run.command == "lock":
        return done(effects=(WriteFile(f"{folder}/poetry.lock", None),))
    if run.command not in (*_INSTALL, "run"):
        return done()
    settings = _settings(run, folder)
    if settings is None:
        return unsure("poetry's configuration is not known")
    return _in_environment(run, folder, table, settings)


def _settings(run: ToolRun, folder: str) -> dict[str, str] | None:
    """`virtualenvs.create` and the like: user's file, project's file, POETRY_ variables."""
    out: dict[str, str] = {}
    state = run.invocation.state
    base = run.env.get("POETRY_CONFIG_DIR") or f"{xdg_config_home(run.env, run.invocation.user)}/pypoetry"
    for path in (f"{base}/config.toml", f"{folder}/poetry.toml"):
        if not state.files.is_file(path):
            continue
        text = state.files.text(path)
        if text is None:
            return None
        try:
            out.update(_flat(tomllib.loads(text)))
        except tomllib.TOMLDecodeError:
            continue
    for name, value in run.env.items():
        if name.startswith("POETRY_VIRTUALENVS_"):
            if value is None:
                return None
            out["virtualenvs." + name.removeprefix("POETRY_VIRTUALENVS_").lower().replace("_", "-")] = value.lower()
    return out


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            out.update(_flat(value, f"{prefix}{key}."))
        else:
            out[f"{prefix}{key}"] = str(value).lower()
    return out


def _config(run: ToolRun, folder: str) -> Result:
    texts = run.texts()
    if len(texts) != 2:
        return done()
    base = run.env.get("POETRY_CONFIG_DIR") or f"{xdg_config_home(run.env, run.invocation.user)}/pypoetry"
    path = f"{folder}/poetry.toml" if "--local" in run.options else f"{base}/config.toml"
    old = run.invocation.state.files.text(path) if run.invocation.state.files.is_file(path) else ""
    settings = _flat(tomllib.loads(old or ""))
    settings[texts[0]] = texts[1].lower()
    quoted = (
        f'{key} = "{value}"' if value not in ("true", "false") else f"{key} = {value}"
        for key, value in settings.items()
    )
    return done(effects=(WriteFile(path, "\n".join(quoted) + "\n"),))


def _needs(run: ToolRun, folder: str, table: dict[str, Any]) -> list[Requirement]:
    """The main dependencies of both styles, what `add` names, and what is locked."""
    project = table.get("project", {})
    texts = [str(text) for text in project.get("dependencies", [])]
    own = table.get("tool", {}).get("poetry", {})
    names = [name for name in own.get("dependencies", {}) if name.lower() != "python"]
    if run.command == "add":
        texts += run.texts()
    lock = locked(run.invocation.state, f"{folder}/poetry.lock", run.invocation.user)
    return requirements([*texts, *names], run.invocation) + lock


def _in_environment(run: ToolRun, folder: str, table: dict[str, Any], settings: dict[str, str]) -> Result:
    invocation, needs = run.invocation, _needs(run, folder, table)
    python = path_python(invocation, ("python3", "python"))
    active = run.env.get("VIRTUAL_ENV") or run.env.get("CONDA_PREFIX")
    if active:
        inside = python_at(invocation, f"{active}/bin/python") or path_python(invocation, ("python",))
        if inside is None:
            why = f"VIRTUAL_ENV names {active}, where there is no Python"
            return run.fail(Cause.PYTHON_COMMAND_NOT_FOUND, why)
        return _do(run, inside, needs, None, user=False)
    if python is None:
        return unsure("the Python that poetry takes is not known")
    if settings.get("virtualenvs.create", "true") in ("false", "0"):
        return _do(run, python, needs, None, user=at_least(run.version, "2.0"))
    in_project = is_true(settings.get("virtualenvs.in-project")) or invocation.state.files.is_folder(f"{folder}/.venv")
    path = f"{folder}/.venv"
    if not in_project:
        digest = hashlib.sha256(folder.encode()).hexdigest()[:8]
        cache = run.env.get("POETRY_CACHE_DIR") or below_home(run.env, invocation.user, ".cache", "pypoetry")
        name = str(table.get("project", table.get("tool", {}).get("poetry", {})).get("name", "app"))
        path = f"{settings.get('virtualenvs.path', f'{cache}/virtualenvs')}/{name}-{digest}-py{python.version}"
    return _do(run, python, needs, path, user=False)


def _do(run: ToolRun, python: RunningPython, needs: list[Requirement], venv: str | None, *, user: bool) -> Result:
    if run.command == "run":
        if venv is None:
            return nested(run, run.words, python.view.prefix if python.in_venv else None)
        made = into_venv(run, python, venv, [], "25.0")
        if made.failure or made.unknown:
            return made
        for effect in made.effects:
            run.invocation.state.apply(effect)
        return nested(run, run.words, venv)
    result = (
        into_venv(run, python, venv, needs, "25.0")
        if venv
        else into(run, python, python.default_scheme, needs, user=user)
    )
    if result.exit_code == 0 and result.place is None:
        return done(Place.NONE)
    return result
