"""uv's projects and tools: sync, add, remove, lock, run, export, tool install, tool run. In: `UvRun`; out: `Result`.

They always use an environment of their own and never look at the marker. Follows crates/uv/src/commands/project/mod.rs
and what nine versions from 0.2.37 to 0.13.8 really did.
"""

from __future__ import annotations

import posixpath
from typing import Any

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import dataclass, replace
from firstpush.simulate.installers.lockfiles import locked
from firstpush.simulate.installers.paths import absolute, below_home
from firstpush.simulate.installers.requirements import Problem, Requirement, Unsure, read_text, read_toml
from firstpush.simulate.installers.resolution import Decision, Wish, decide
from firstpush.simulate.installers.results import done, os_error, unsure, write_problem
from firstpush.simulate.installers.uv_run import UvRun, data_home, find, managed_preference
from firstpush.simulate.installers.uv_venv import download, pinned, works
from firstpush.simulate.invocation import Effect, Install, MakeVenv, Result, Word, WriteFile
from firstpush.simulate.state import PythonView


@dataclass(frozen=True, slots=True)
class Project:
    """`root`: the folder of pyproject.toml; `environment`: where its packages go."""

    root: str
    table: dict[str, Any]
    environment: str

    @property
    def needs(self) -> list[str]:
        project = self.table.get("project", {})
        texts = [str(text) for text in project.get("dependencies", [])]
        groups = self.table.get("dependency-groups", {})
        texts += [str(text) for text in groups.get("dev", []) if isinstance(text, str)]
        return texts

    @property
    def is_package(self) -> bool:
        """Whether the project itself is built and installed."""
        uv = self.table.get("tool", {}).get("uv", {})
        return bool(uv.get("package", "build-system" in self.table))


def _project(run: UvRun) -> Project | Result:
    state, folder = run.invocation.state, run.cwd
    while True:
        path = posixpath.join(folder, "pyproject.toml")
        if state.files.is_file(path):
            break
        if folder == "/":
            why = "error: No `pyproject.toml` found in current directory or any parent directory"
            return run.fail(Cause.WRONG_WORKING_DIRECTORY, why)
        folder = posixpath.dirname(folder)
    table = read_toml(state, path, run.invocation.user)
    if table is None:
        if state.files.text(path) is None:
            return unsure(f"the content of {path} is not known")
        return run.fail(Cause.CONFIG_PARSE_ERROR, f"error: Failed to parse: `{path}`")
    if "project" not in table:
        return run.fail(Cause.PYPROJECT_NO_PROJECT_TABLE, f"error: No `project` table found in: `{path}`")
    given = run.env.get("UV_PROJECT_ENVIRONMENT") if run.at_least("0.4.4") else None
    environment = absolute(given or ".venv", folder)
    if run.arguments.flag("active") and run.env.get("VIRTUAL_ENV"):
        environment = absolute(run.env["VIRTUAL_ENV"] or "", run.cwd)
    return Project(folder, table, environment)


def _sync(run: UvRun, project: Project, more: list[Requirement]) -> tuple[Place, list[Effect]] | Result:
    """Make the project's environment and put its packages there."""
    effects: list[Effect] = []
    prepared = _environment(run, project.environment, effects)
    if isinstance(prepared, Result):
        return prepared
    view = prepared[0]
    state = run.invocation.state
    if view is None:
        trial = state.copy()
        for effect in effects:
            trial.apply(effect)
        view = trial.python(f"{project.environment}/bin/python", run.env, run.invocation.user)
        if view is None:
            return Place.VENV, effects
    python = run.running(view)
    requirements = [
        item
        for text in project.needs
        if isinstance(item := read_text(text, state, project.root, word=None), Requirement)
    ]
    requirements += locked(state, f"{project.root}/uv.lock", run.invocation.user)
    own = project.is_package and not run.arguments.flag("no-install-project")
    if own:
        item = read_text(project.root, state, "/", word=None)
        if isinstance(item, Requirement):
            requirements.append(item)
    decision = decide(requirements + more, python, Wish(index_known=run.index_known), {})
    if isinstance(decision, Problem):
        return run.fail(decision.cause, f"error: {decision.why}", 1, word=decision.word, effects=effects)
    if isinstance(decision, Unsure):
        return unsure(decision.why, effects)
    if decision.built and not works(run, view):
        why = "error: Failed to build the project: its build backend is not found"
        trace = (f"a virtual environment made with {view.executable} is none: its wrapper sets the prefix",)
        return run.fail(Cause.OTHER, why, 1, trace=trace, effects=effects)
    site, scripts = python.default_scheme.site, python.default_scheme.scripts
    files = state.files
    new = any(isinstance(effect, MakeVenv) for effect in effects)
    if not new and decision.install and (kind := files.writable(site, run.invocation.user)):
        return run.fail(write_problem(kind), f"error: Failed to install: {os_error(kind, site)}")
    place = Place.VENV if new else python.place_of(site)
    effects.append(Install(decision.install, site, scripts, view.prefix, place, decision.complete))
    return place, effects


def _environment(run: UvRun, path: str, effects: list[Effect]) -> tuple[PythonView | None, str] | Result:
    """The environment at `path`: the one that is there, or a new one (appended to `effects`)."""
    state, user = run.invocation.state, run.invocation.user
    request = run.arguments.text("python") or pinned(run)
    there = state.python(f"{path}/bin/python", run.env, user) or state.python(f"{path}/bin/python3", run.env, user)
    if there is not None:
        return there, there.real
    files = state.files
    if files.is_folder(path) and not files.is_file(f"{path}/pyvenv.cfg"):
        empty = not files.list(path)
        if not (empty and (run.at_least("0.5") or not run.at_least("0.4"))):
            why = f"error: Project virtual environment directory `{path}` cannot be used"
            trace = (f"{path} exists and is no valid Python environment",)
            return run.fail(Cause.VENV_COMMITTED, why, trace=trace)
    found = find(run, request, "system", managed=managed_preference(run, pip=False))
    if found.view is None:
        fetched = download(run, request)
        if isinstance(fetched, Result):
            return fetched
        effects.append(fetched[0])
        interpreter = fetched[1]
    else:
        interpreter = found.view.real
    if kind := files.writable(path, user):
        return run.fail(write_problem(kind), f"error: Failed to create virtual environment: {os_error(kind, path)}")
    effects.append(MakeVenv(path, interpreter, None, created_by=f"uv {run.version}"))
    return None, interpreter


def _missing_lock(run: UvRun, project: Project) -> Result | None:
    flag = next((name for name in ("frozen", "locked") if run.arguments.flag(name)), None)
    if not run.at_least("0.2") and run.arguments.command == "sync":
        flag = "frozen"  # the experimental one only reads the lock file
    if flag is None or run.invocation.state.files.exists(f"{project.root}/uv.lock") is not False:
        return None
    why = f"error: Unable to find lockfile at `uv.lock`, but `--{flag}` was provided"
    return run.fail(Cause.LOCKFILE_MISSING, why, 1 if run.at_least("0.13") else 2, word=run.arguments.words.get(flag))


def sync(run: UvRun) -> Result:
    """`uv sync`, `uv add`, `uv remove`."""
    project = _project(run)
    if isinstance(project, Result):
        return project
    if problem := _missing_lock(run, project):
        return problem
    more: list[Requirement] = []
    if run.arguments.command == "add":
        for word in run.arguments.positional:
            read = read_text(word.text, run.invocation.state, run.cwd, word=word) if word.text else None
            if isinstance(read, Problem):
                return run.fail(read.cause, f"error: Failed to parse: `{word.text}`", word=word)
            if isinstance(read, Requirement):
                more.append(read)
    if run.arguments.command == "remove":
        for word in run.arguments.positional:
            if word.text and not any(need.lower().startswith(word.text.lower()) for need in project.needs):
                return run.fail(
                    Cause.USAGE_ERROR,
                    f"error: The dependency `{word.text}` could not be found in `project.dependencies`",
                )
    if run.arguments.flag("dry-run"):
        return done()
    synced = _sync(run, project, more)
    if isinstance(synced, Result):
        return synced
    return done(synced[0], (*synced[1], *_lock_effect(run, project)))


def _lock_effect(run: UvRun, project: Project) -> tuple[Effect, ...]:
    path = f"{project.root}/uv.lock"
    if run.arguments.flag("frozen") or run.invocation.state.files.exists(path):
        return ()
    return (WriteFile(path, None),)


def lock(run: UvRun) -> Result:
    """`uv lock`, `uv export`: nothing is installed."""
    project = _project(run)
    if isinstance(project, Result):
        return project
    if problem := _missing_lock(run, project):
        return problem
    request = run.arguments.text("python") or pinned(run)
    found = find(run, request, "any", managed=managed_preference(run, pip=False))
    if found.view is None and found.error and isinstance(fetched := download(run, request), Result):
        return fetched
    stdout = None
    if run.arguments.command == "export" and run.index_known and not run.arguments.flag("frozen"):
        stdout = _exported(run, project)
    return done(Place.NONE, _lock_effect(run, project), stdout=stdout)


def _exported(run: UvRun, project: Project) -> str | None:
    """The requirements that `uv export` prints, as far as they are known."""
    state = run.invocation.state
    lines: list[str] = []
    for text in project.needs:
        item = read_text(text, state, project.root, word=None)
        if not isinstance(item, Requirement) or item.name is None:
            return None
        lines.append(f"{item.name}{item.specifier}")
    return "".join(f"{line}\n" for line in lines)


def run_command(run: UvRun) -> Result:
    """`uv run …`: sync, then the command in the environment."""
    words = run.arguments.rest
    if run.arguments.flag("active") and not run.at_least("0.5"):
        return run.fail(Cause.USAGE_ERROR, "error: unexpected argument '--active' found")
    environment: str | None = None
    place = Place.NONE
    project = None if run.arguments.flag("no-project") or run.arguments.flag("isolated") else _project(run)
    if isinstance(project, Project):
        if not run.arguments.flag("no-sync"):
            synced = _sync(run, project, [])
            if isinstance(synced, Result):
                return synced
            place = synced[0]
            for effect in (*synced[1], *_lock_effect(run, project)):
                run.invocation.state.apply(effect)
        environment = project.environment
    with_ = run.arguments.lists.get("with", [])
    if with_ or environment is None:
        request = run.arguments.text("python") or pinned(run)
        found = find(run, request, "system" if with_ else "any", managed=managed_preference(run, pip=False))
        if found.view is None:
            fetched = download(run, request)
            if isinstance(fetched, Result):
                return fetched
            run.invocation.state.apply(fetched[0])
            interpreter = fetched[1]
        elif not with_ and environment is None:
            environment = found.view.prefix if found.view.virtual else None
            interpreter = found.view.real
        else:
            interpreter = found.view.real
        if with_:
            made = _ephemeral(run, interpreter, with_)
            if isinstance(made, Result):
                return made
            environment = made
    result = _nested(run, words, environment)
    if result.exit_code == 0 and result.place in (None, Place.NONE):
        return replace(result, place=place)
    return result


def _ephemeral(run: UvRun, interpreter: str, names: list[str | None]) -> str | Result:
    """An environment in the cache for `--with` and `uv tool run`."""
    state = run.invocation.state
    path = posixpath.join(cache_folder(run) or "/tmp/.uv-cache", "environments-v2/ephemeral")
    state.apply(MakeVenv(path, interpreter, None, created_by=f"uv {run.version}"))
    view = state.python(f"{path}/bin/python", run.env, run.invocation.user)
    if view is None or view.prefix != path:
        return run.fail(Cause.OTHER, "error: the environment that uv made is none")
    requirements = [
        item for text in names if text and isinstance(item := read_text(text, state, run.cwd, word=None), Requirement)
    ]
    decision = decide(requirements, run.running(view), Wish(index_known=run.index_known), {})
    if isinstance(decision, Problem):
        return run.fail(decision.cause, f"error: {decision.why}", 1)
    if isinstance(decision, Decision):
        state.apply(Install(decision.install, view.site, view.scripts, path, Place.VENV))
    return path


def _nested(run: UvRun, words: list[Word], environment: str | None) -> Result:
    if not words:
        return done()
    if run.invocation.nested is None:
        return unsure("the command that uv runs is not followed")
    env = dict(run.env)
    if environment:
        env["VIRTUAL_ENV"] = environment
        env["PATH"] = f"{environment}/bin:{env.get('PATH') or ''}".rstrip(":")
    first = words[0].text or ""
    if first.endswith(".py"):
        words = [Word("python"), *words]
    return run.invocation.nested(words, env, run.cwd)


def tool_install(run: UvRun) -> Result:
    """`uv tool install NAME`."""
    word = run.arguments.positional[0] if run.arguments.positional else None
    if word is None and not run.arguments.loose_unknown:
        return run.fail(Cause.USAGE_ERROR, "error: the following required arguments were not provided: <PACKAGE>")
    found = find(run, run.arguments.text("python"), "system", managed=managed_preference(run, pip=False))
    effects: list[Effect] = []
    if found.view is None:
        fetched = download(run, run.arguments.text("python"))
        if isinstance(fetched, Result):
            return fetched
        effects.append(fetched[0])
        interpreter = fetched[1]
        python = None
    else:
        interpreter, python = found.view.real, run.running(found.view)
    read = read_text(word.text, run.invocation.state, run.cwd, word=word) if word and word.text else None
    if isinstance(read, Problem):
        return run.fail(read.cause, f"error: {read.why}", word=word)
    if not isinstance(read, Requirement) or python is None:
        return done(Place.TOOL, effects)
    decision = decide([read], python, Wish(index_known=run.index_known), {})
    if isinstance(decision, Problem):
        return run.fail(decision.cause, f"error: {decision.why}", 1, word=word)
    if isinstance(decision, Unsure):
        return unsure(decision.why)
    folder = run.env.get("UV_TOOL_DIR") or posixpath.join(data_home(run), "uv/tools")
    path = posixpath.join(absolute(folder, run.cwd), read.name or "tool")
    bin_folder = (
        run.env.get("UV_TOOL_BIN_DIR")
        or run.env.get("XDG_BIN_HOME")
        or below_home(run.env, run.invocation.user, ".local", "bin")
    )
    for place in (path, bin_folder):
        if kind := run.invocation.state.files.writable(place, run.invocation.user):
            return run.fail(write_problem(kind), f"error: {os_error(kind, place)}")
    effects.append(MakeVenv(path, interpreter, None, created_by=f"uv {run.version}"))
    site = f"{path}/lib/python{python.version}/site-packages"
    effects.append(Install(decision.install, site, absolute(bin_folder, run.cwd), path, Place.TOOL, decision.complete))
    return done(Place.TOOL, effects)


def tool_run(run: UvRun) -> Result:
    """`uv tool run`, `uvx`."""
    if not run.arguments.rest:
        return done()
    first = run.arguments.rest[0]
    name = run.arguments.text("from") or (first.text or "").split("@")[0]
    found = find(run, run.arguments.text("python"), "system", managed=managed_preference(run, pip=False))
    if found.view is None:
        fetched = download(run, None)
        if isinstance(fetched, Result):
            return fetched
        run.invocation.state.apply(fetched[0])
        interpreter = fetched[1]
    else:
        interpreter = found.view.real
    made = _ephemeral(run, interpreter, [name, *run.arguments.lists.get("with", [])])
    if isinstance(made, Result):
        return made
    words = [Word((first.text or "").split("@")[0] or None, first.span), *run.arguments.rest[1:]]
    return _nested(run, words, made)


def cache_folder(run: UvRun) -> str | None:
    """Where uv's cache is; None: a temporary one."""
    if run.arguments.flag("no-cache"):
        return None
    given = run.arguments.text("cache-dir") or run.env.get("UV_CACHE_DIR") or run.settings.top.get("cache-dir")
    if given:
        return absolute(str(given), run.cwd)
    env = run.env if run.env.get("HOME") else {**run.env, "HOME": None}
    base = run.env.get("XDG_CACHE_HOME") or below_home(env, run.invocation.user, ".cache")
    return posixpath.join(base, "uv")
