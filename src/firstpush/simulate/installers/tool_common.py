"""What the project tools (poetry, pdm, pipenv, pipx, virtualenv) share. In: invocation; out: Pythons, placements.

None of them looks at the marker: those that install into a system Python write there by themselves or run a pip.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import dataclass
from firstpush.simulate.installers.paths import Environment, absolute, below_home
from firstpush.simulate.installers.requirements import Problem, Requirement, Unsure, read_text
from firstpush.simulate.installers.resolution import Decision, Wish, decide
from firstpush.simulate.installers.results import done, failed, os_error, unsure, write_problem
from firstpush.simulate.installers.running_python import RunningPython, Scheme
from firstpush.simulate.invocation import Effect, Install, Invocation, MakeVenv, Result, Word


@dataclass(frozen=True, slots=True)
class ToolRun:
    """A tool's run: `command` is its first word that is no option, `words` the ones after it, `options` all options."""

    invocation: Invocation
    version: str
    command: str | None
    words: tuple[Word, ...]
    options: frozenset[str]
    values: dict[str, str]

    @property
    def env(self) -> Environment:
        return self.invocation.env

    def texts(self) -> list[str]:
        return [word.text for word in self.words if word.text is not None]

    def fail(self, cause: Cause, why: str, exit_code: int = 1, *, trace: Iterable[str] = ()) -> Result:
        return failed(self.invocation, cause, why, exit_code, trace=trace)


def read(invocation: Invocation, version: str, valued: Sequence[str], rest_after: Sequence[str] = ("run",)) -> ToolRun:
    """Split a command line: options (those of `valued` take the next word), the command, its words. After a command of
    `rest_after` everything belongs to the command line that is run."""
    command: str | None = None
    words: list[Word] = []
    options: set[str] = set()
    values: dict[str, str] = {}
    rest = list(invocation.argv[1:])
    while rest:
        word = rest.pop(0)
        text = word.text or ""
        if word.text is not None and text.startswith("-") and len(text) > 1 and text != "--":
            name, equals, value = text.partition("=")
            options.add(name)
            if equals:
                values[name] = value
            elif name in valued and rest:
                values[name] = rest.pop(0).text or ""
        elif command is None and word.text is not None:
            command = text
            if command in rest_after:
                words = rest
                break
        else:
            words.append(word)
    return ToolRun(invocation, version, command, tuple(words), frozenset(options), values)


def path_python(invocation: Invocation, names: Sequence[str] = ("python3", "python")) -> RunningPython | None:
    """The first Python on PATH."""
    for folder in (invocation.env.get("PATH") or "").split(":"):
        for name in names:
            view = invocation.state.python(f"{folder}/{name}", invocation.env, invocation.user) if folder else None
            if view is not None:
                return RunningPython(view, {**invocation.env, **view.sets_env}, invocation.user, invocation.state)
    return None


def python_at(invocation: Invocation, path: str) -> RunningPython | None:
    view = invocation.state.python(path, invocation.env, invocation.user)
    if view is None:
        return None
    return RunningPython(view, {**invocation.env, **view.sets_env}, invocation.user, invocation.state)


def requirements(texts: Iterable[str], invocation: Invocation) -> list[Requirement]:
    """Named requirements; what cannot be read is left out."""
    read_ = (read_text(text, invocation.state, invocation.cwd, word=None) for text in texts)
    return [item for item in read_ if isinstance(item, Requirement)]


def into(
    run: ToolRun, python: RunningPython, scheme: Scheme, needs: list[Requirement], *, user: bool = False
) -> Result:
    """Install into a Python's folders without asking the marker. `user`: fall back to the user site."""
    decision = decide(needs, python, Wish(index_known=True), {})
    if isinstance(decision, Problem):
        return run.fail(decision.cause, decision.why)
    if isinstance(decision, Unsure):
        return unsure(decision.why)
    if not decision.install:
        return done()
    kind = python.state.files.writable(scheme.site, python.user)
    if kind and user and python.user_site_enabled and not python.virtual:
        scheme, kind = python.user_scheme, python.state.files.writable(python.user_scheme.site, python.user)
    if kind:
        trace = (f"{run.invocation.argv[0].text} writes into {scheme.site} by itself, without asking the marker",)
        return run.fail(write_problem(kind), os_error(kind, scheme.site), trace=trace)
    place = python.place_of(scheme.site)
    return done(place, (Install(decision.install, scheme.site, scheme.scripts, python.view.prefix, place),))


def into_venv(run: ToolRun, python: RunningPython, path: str, needs: list[Requirement], pip: str | None) -> Result:
    """Make a virtual environment (where there is none) and install there."""
    state = run.invocation.state
    effects: list[Effect] = []
    if not state.files.is_file(f"{path}/pyvenv.cfg"):
        if kind := state.files.writable(path, run.invocation.user):
            return run.fail(write_problem(kind), os_error(kind, path))
        effects.append(MakeVenv(path, python.view.real, pip, created_by=run.invocation.argv[0].text or "tool"))
    decision = decide(needs, python, Wish(), {})
    if isinstance(decision, Problem):
        return run.fail(decision.cause, decision.why)
    if isinstance(decision, Decision) and decision.install:
        site = f"{path}/lib/python{python.version}/site-packages"
        effects.append(Install(decision.install, site, f"{path}/bin", path, Place.VENV))
    return done(Place.VENV, effects)


def data_folder(invocation: Invocation, *parts: str) -> str:
    base = invocation.env.get("XDG_DATA_HOME")
    return "/".join((base, *parts)) if base else below_home(invocation.env, invocation.user, ".local", "share", *parts)


def nested(run: ToolRun, words: Sequence[Word], venv: str | None) -> Result:
    """Run a command line in an environment."""
    if not words:
        return done()
    if run.invocation.nested is None:
        return unsure("the command that is run is not followed")
    env = dict(run.env)
    if venv:
        env["VIRTUAL_ENV"] = venv
        env["PATH"] = f"{venv}/bin:{env.get('PATH') or ''}"
    return run.invocation.nested(list(words), env, run.invocation.cwd)


def is_true(value: str | None) -> bool:
    return (value or "").lower() in ("1", "true", "yes", "on", "t", "y")


def cwd_of(run: ToolRun, *names: str) -> str:
    """The working directory after `-C`, `-p` and their like."""
    for name in names:
        if name in run.values:
            return absolute(run.values[name], run.invocation.cwd)
    return run.invocation.cwd
