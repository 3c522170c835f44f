"""`uv pip …`: in the order of uv's own decisions. In: `UvRun`; out: `Result`.

Follows crates/uv/src/commands/pip/*.rs: requirement sources, environment, marker, satisfied, resolution, writing.
"""

from __future__ import annotations

import posixpath

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import replace
from firstpush.simulate.installers import wording
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.requirements import Problem, Requirement, Unsure, canonical, read_file, read_word
from firstpush.simulate.installers.resolution import Decision, Wish, decide, visible
from firstpush.simulate.installers.resolution import Found as InstalledAt
from firstpush.simulate.installers.results import done, os_error, unsure, write_problem
from firstpush.simulate.installers.running_python import RunningPython, Scheme
from firstpush.simulate.installers.uv_run import Found, UvRun, find, managed_preference
from firstpush.simulate.invocation import Effect, Install, Installed, Result, Uninstall, Word


def install(run: UvRun) -> Result:
    """`uv pip install` and `uv pip sync`."""
    sync = run.arguments.command == "pip.sync"
    if run.arguments.flag("user"):
        word = run.arguments.words.get("user")
        return run.fail(
            Cause.USAGE_ERROR, "uv pip's `--user` is unsupported (use a virtual environment instead)", word=word
        )
    if problem := _conflict(run):
        return problem
    requirements = _requirements(run, sync)
    if isinstance(requirements, Result):
        return requirements
    if sync and not requirements and not run.arguments.loose_unknown:
        return done()
    found = _target(run, mutable=True)
    if found.view is None:
        return _no_python(run, found, requirements)
    python = run.running(found.view)
    elsewhere = run.value("target") or run.value("prefix")
    scheme = _scheme(run, python)
    if not elsewhere and (refusal := managed(run, python, found, requirements, scheme)):
        return refusal
    return _resolve_and_put(run, python, requirements, scheme, elsewhere is not None, sync)


def _two_places(run: UvRun) -> Result | None:
    """`--system` beside `--python`, which uv < 0.2 refuses, as options or as variables."""
    named = "python" in run.arguments.words or (run.at_least("0.1.45") and "UV_PYTHON" in run.env)
    if not run.at_least("0.2") and named and (run.arguments.flag("system") or "UV_SYSTEM_PYTHON" in run.env):
        return run.fail(Cause.USAGE_ERROR, "error: the argument '--system' cannot be used with '--python <PYTHON>'")
    return None


def _conflict(run: UvRun) -> Result | None:
    """Pairs that clap refuses together."""
    arguments = run.arguments
    old = not run.at_least("0.2")
    if problem := _two_places(run):
        return problem
    if "target" in arguments.words and "prefix" in arguments.words:
        return run.fail(Cause.USAGE_ERROR, "error: the argument '--prefix' cannot be used with '--target'")
    chosen = arguments.flag("system") or bool(arguments.text("python"))
    given = run.at_least("0.1.45") and "UV_BREAK_SYSTEM_PACKAGES" in run.env  # clap: present is given
    if old and (given or arguments.flag("break-system-packages")) and not chosen:
        return run.fail(Cause.USAGE_ERROR, "error: the following required arguments were not provided: --system")
    if arguments.command == "pip.install" and not (
        arguments.positional
        or arguments.loose_unknown
        or any(arguments.lists.get(name) for name in ("requirements", "editable", "group"))
    ):
        return run.fail(Cause.USAGE_ERROR, "error: the following required arguments were not provided: <PACKAGE>")
    if arguments.command in ("pip.sync", "pip.uninstall") and not (
        arguments.positional or arguments.loose_unknown or arguments.lists.get("requirements")
    ):
        return run.fail(Cause.USAGE_ERROR, "error: the following required arguments were not provided")
    return None


def _requirements(run: UvRun, sync: bool) -> list[Requirement] | Result:
    """What the words and files ask for; a missing file stops uv before anything else."""
    state, user = run.invocation.state, run.invocation.user
    out: list[Requirement] = []
    files = list(run.arguments.lists.get("requirements", []))
    if sync:
        files = [word.text for word in run.arguments.positional] + files
    for name in [*files, *run.arguments.lists.get("constraints", [])]:
        if name is None or name == "-":
            continue
        if posixpath.basename(name) in ("pyproject.toml", "setup.py", "setup.cfg"):
            if state.files.exists(absolute(name, run.cwd)) is False:
                return run.fail(
                    Cause.WRONG_REQUIREMENTS_PATH, f"error: File not found: `{name}`", word=_word(run, name)
                )
            read = read_word(Word(posixpath.dirname(name) or "."), state, run.cwd)
            if isinstance(read, Requirement):
                out.append(replace(read, word=_word(run, name)))
            continue
        content = read_file(name, state, run.cwd, user, _word(run, name))
        if isinstance(content, Problem):
            why = content.why
            if content.cause is Cause.WRONG_REQUIREMENTS_PATH:
                why = f"error: File not found: `{name}`"
            return run.fail(content.cause, why, word=content.word, intended=_meant(run, out))
        if name in files:
            out += content.requirements
    if sync:
        return out
    words = [(word, False) for word in run.arguments.positional]
    words += [(Word(text), True) for text in run.arguments.lists.get("editable", [])]
    for word, editable in words:
        read = read_word(word, state, run.cwd, editable=editable)
        if isinstance(read, Problem) and read.cause is Cause.INVALID_REQUIREMENT:
            return run.fail(read.cause, f"error: Failed to parse: `{word.text}`", word=word)
        if isinstance(read, Requirement):
            out.append(read)
        elif isinstance(read, Problem):
            out.append(Requirement(word.text or "", None, path=absolute(word.text or "", run.cwd), word=word))
        else:
            out.append(Requirement(word.text or "", None, word=word))
    return out


def _word(run: UvRun, text: str) -> Word | None:
    return next((word for word in run.invocation.argv if word.text and word.text.endswith(text)), None)


def _target(run: UvRun, *, mutable: bool) -> Found:
    """The Python to change (or to look at)."""
    request = run.value("python")
    system = run.wants("system")
    elsewhere = run.at_least("0.5") and (run.value("target") or run.value("prefix"))
    preference = "system" if system else "explicit" if mutable and not elsewhere else "any"
    return find(run, request, preference, managed=managed_preference(run, pip=True))


def _no_python(run: UvRun, found: Found, requirements: list[Requirement]) -> Result:
    error = found.error or ""
    intended = _meant(run, requirements)
    if run.wants("system"):
        why = f"error: No system Python installation {error}"
        return run.fail(Cause.PYTHON_COMMAND_NOT_FOUND, why, intended=intended)
    why = f"error: No virtual environment {error}; run `uv venv` to create an environment, or pass `--system`"
    if not error.startswith("found"):
        why = f"error: {error}"
    trace = ("uv looked at VIRTUAL_ENV, CONDA_PREFIX, .venv here and above, and virtual environments on PATH",)
    return run.fail(Cause.NOT_A_VIRTUALENV, why, trace=trace, intended=intended)


def _meant(run: UvRun, requirements: list[Requirement]) -> tuple[Effect, ...]:
    """What the user meant: the packages in the first Python there is."""
    found = find(run, None, "any", managed="system")
    if found.view is None or run.arguments.command == "pip.uninstall":
        return ()
    python = run.running(found.view)
    return _effects_of(python, requirements, python.default_scheme)


def _effects_of(python: RunningPython, requirements: list[Requirement], scheme: Scheme) -> tuple[Effect, ...]:
    items = tuple(item for item in _distributions(python, requirements) if canonical(item.name))
    place = python.place_of(scheme.site)
    return (Install(items, scheme.site, scheme.scripts, python.view.prefix, place),) if items else ()


def _scheme(run: UvRun, python: RunningPython) -> Scheme:
    if target := run.value("target"):
        folder = absolute(target, run.cwd)
        return Scheme(folder, posixpath.join(folder, "bin"), folder)
    if prefix := run.value("prefix"):
        return python.prefix_scheme(absolute(prefix, run.cwd), debian_local=False)
    return python.default_scheme


def managed(
    run: UvRun, python: RunningPython, found: Found, requirements: list[Requirement], scheme: Scheme
) -> Result | None:
    """PEP 668: uv's refusal, or None when it goes on here."""
    if python.virtual or run.wants("break-system-packages"):
        return None
    files = python.state.files
    there = files.is_file(python.marker)
    if not there:
        return unsure(f"it is not known whether {python.marker} exists") if there is None else None
    try:
        content = files.read(python.marker, python.user)
    except OSError:
        return None  # uv takes a marker that it cannot read for none
    raw = content.encode() if isinstance(content, str) else content
    if raw is not None:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
    error = wording.uv_error(raw, run.version)
    output = wording.uv_refusal(error, run.version, python.view.prefix, python.view.version, system=run.wants("system"))
    trace = (
        f"uv {run.version} installs into {python.view.prefix} (chosen by {_chosen(run, found)})",
        f"{python.marker} exists: this Python is externally managed (PEP 668)",
    )
    why = f"uv refuses: the interpreter at {python.view.prefix} is externally managed ({python.marker})"
    intended = _effects_of(python, requirements, scheme)
    return run.fail(Cause.PEP668_REFUSED, why, trace=trace, intended=intended, output=output)


def _chosen(run: UvRun, found: Found) -> str:
    if run.wants("system"):
        return f"--system: {run.origin('system')}"
    return f"--python: {run.origin('python')}" if found.explicit else "its own search"


def _distributions(python: RunningPython, requirements: list[Requirement]) -> tuple[Installed, ...]:
    decision = decide(requirements, python, Wish(), {})
    return decision.install if isinstance(decision, Decision) else ()


def _resolve_and_put(
    run: UvRun, python: RunningPython, requirements: list[Requirement], scheme: Scheme, elsewhere: bool, sync: bool
) -> Result:
    files = python.state.files
    for requirement in requirements:
        if requirement.path and files.exists(requirement.path) is False:
            why = f"error: Distribution not found at: file://{requirement.path}"
            code = 1 if run.at_least("0.12") else 2
            return run.fail(Cause.WRONG_REQUIREMENTS_PATH, why, code, word=requirement.word)
    upgrade = run.arguments.flag("upgrade")
    wish = Wish(
        upgrade=upgrade,
        force_reinstall=run.arguments.flag("reinstall") or run.arguments.flag("force-reinstall"),
        no_deps=run.arguments.flag("no-deps"),
        no_index=run.arguments.flag("no-index") and not run.arguments.lists.get("find-links"),
        index_known=run.index_known,
        build_isolation=not run.arguments.flag("no-build-isolation"),
    )
    installed = {} if elsewhere else _in_environment(python)
    decision = decide(requirements, python, wish, installed)
    if isinstance(decision, Problem):
        return run.fail(decision.cause, f"error: {decision.why}", 1, word=decision.word)
    if isinstance(decision, Unsure):
        return unsure(decision.why)
    if run.arguments.flag("dry-run") or not decision.install:
        return done()
    if decision.built and (problem := _build_problem(run, python, decision)):
        return problem
    if kind := files.writable(scheme.site, python.user):
        path = posixpath.join(scheme.site, decision.install[0].name)
        why = f"error: Failed to install: {os_error(kind, path)}"
        return run.fail(write_problem(kind), why, trace=(f"the packages would go to {scheme.site}",))
    place = Place.TARGET if elsewhere and python.place_of(scheme.site) is Place.TARGET else python.place_of(scheme.site)
    effects: list[Effect] = [Uninstall((old.distribution.name,), old.site) for old in decision.replace]
    if sync:
        wanted = {canonical(item.name) for item in decision.install} | {
            canonical(item.name or "") for item in requirements
        }
        extra = tuple(old.distribution.name for name, old in installed.items() if name not in wanted)
        if extra:
            effects.append(Uninstall(extra, scheme.site))
    prefix = None if place is Place.TARGET else python.view.prefix
    effects.append(Install(decision.install, scheme.site, scheme.scripts, prefix, place, decision.complete))
    return done(place, effects)


def _in_environment(python: RunningPython) -> dict[str, InstalledAt]:
    """uv looks only at the environment's own site directories."""
    own = visible(python)
    prefix = python.view.prefix if python.in_venv else None
    return {name: found for name, found in own.items() if prefix is None or found.site.startswith(prefix)}


def _build_problem(run: UvRun, python: RunningPython, decision: Decision) -> Result | None:
    """uv builds in a virtual environment that it makes with this Python; one that is none there cannot build."""
    from firstpush.simulate.installers.uv_venv import works

    if works(run, python.view):
        return None
    word = decision.built[0].word
    why = f"error: Failed to build `{decision.built[0].name or decision.built[0].path}`: its build backend is not found"
    trace = (f"a virtual environment made with {python.view.executable} is none: its wrapper sets the prefix",)
    return run.fail(Cause.OTHER, why, 1, word=word, trace=trace)


def uninstall(run: UvRun) -> Result:
    """`uv pip uninstall`."""
    if problem := _conflict(run):
        return problem
    requirements = _requirements(run, sync=False)
    if isinstance(requirements, Result):
        return requirements
    found = _target(run, mutable=True)
    if found.view is None:
        return _no_python(run, found, [])
    python = run.running(found.view)
    elsewhere = run.value("target") or run.value("prefix")
    if not elsewhere and (refusal := managed(run, python, found, [], python.default_scheme)):
        return refusal
    installed = _in_environment(python)
    effects: list[Effect] = []
    for requirement in requirements:
        old = installed.get(canonical(requirement.name or ""))
        if old is None:
            continue
        if kind := python.state.files.writable(old.site, python.user):
            return run.fail(write_problem(kind), f"error: {os_error(kind, old.site)}")
        effects.append(Uninstall((old.distribution.name,), old.site))
    if run.arguments.flag("dry-run"):
        return done()
    return done(Place.REMOVED if effects else Place.NONE, effects)


def look(run: UvRun) -> Result:
    """`uv pip list`, `freeze`, `check`, `show`: any Python will do."""
    if problem := _two_places(run):
        return problem
    found = _target(run, mutable=False)
    if found.view is None:
        if run.wants("system"):
            return _no_python(run, found, [])
        why = f"error: No virtual environment or system Python installation {found.error}"
        return run.fail(Cause.PYTHON_COMMAND_NOT_FOUND, why)
    if run.arguments.command == "pip.show":
        names = [word.text for word in run.arguments.positional]
        installed = visible(run.running(found.view))
        if names and None not in names and not any(canonical(name or "") in installed for name in names):
            return run.fail(
                Cause.OTHER, f"warning: Package(s) not found for: {' '.join(name or '' for name in names)}", 1
            )
    return done()


def compile_requirements(run: UvRun) -> Result:
    """`uv pip compile`: writes a file at most."""
    for word in run.arguments.positional:
        text = word.text
        if text and text != "-" and run.invocation.state.files.exists(absolute(text, run.cwd)) is False:
            return run.fail(Cause.WRONG_REQUIREMENTS_PATH, f"error: File not found: `{text}`", word=word)
    return done()
