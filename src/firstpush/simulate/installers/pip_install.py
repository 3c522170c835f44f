"""`pip install`: in the order of pip's own decisions. In: `PipRun`; out: `Result`.

Follows `InstallCommand.run` and `decide_user_install` of pip/_internal/commands/install.py, 20.0 to 26.3.
"""

from __future__ import annotations

import posixpath

from firstpush.model.cause import Cause
from firstpush.model.outcome import Failure, Place
from firstpush.model.value import replace
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.pip_run import PipRun, managed
from firstpush.simulate.installers.pip_uninstall import removal
from firstpush.simulate.installers.requirements import Problem, Requirement, Unsure, canonical
from firstpush.simulate.installers.resolution import Decision, decide
from firstpush.simulate.installers.results import done, os_error, unsure, write_problem
from firstpush.simulate.installers.running_python import Scheme
from firstpush.simulate.installers.versions import at_least, behaves
from firstpush.simulate.invocation import Effect, Install, Result, Uninstall


def install(run: PipRun) -> Result:
    """What `pip install …` does."""
    values = run.arguments.values
    target, prefix, root = (values.texts.get(dest) for dest in ("target_dir", "prefix_path", "root_path"))
    user: bool | None = values.flags.get("use_user_site")
    if user and values.is_set("target_dir"):
        why = "pip cannot combine '--user' and '--target'"
        return run.fail(Cause.USAGE_ERROR, why, trace=_user_origin(run), intended=intended_install(run))
    intended = intended_install(run)
    elsewhere = values.is_set("root_path") or values.is_set("target_dir") or values.is_set("prefix_path")
    reports_only = values.flag("dry_run") and bool(values.texts.get("json_report_file"))
    refusal = None if elsewhere or reports_only else managed(run, intended)
    overridden = values.flag("override_externally_managed")
    if refusal is not None and not overridden:
        return refusal
    if values.flags.get("use_user_site") and (problem := _user_impossible(run, prefix, intended)):
        return problem
    to_user = user if user is not None else _defaults_to_user(run, target, prefix, root)
    if values.is_set("target_dir") and target and run.python.state.files.is_file(absolute(target, run.invocation.cwd)):
        return run.fail(Cause.USAGE_ERROR, "Target path exists but is not a directory, will not continue.")
    if not (
        run.arguments.positional or values.lists.get("editables") or values.lists.get("requirements") or _groups(run)
    ):
        why = 'You must give at least one requirement to install (see "pip help install")'
        return run.fail(Cause.USAGE_ERROR, why)
    named = run.named()
    if isinstance(named, Problem):
        return run.fail(named.cause, named.why, word=named.word, intended=intended)
    if isinstance(named, Unsure):
        named = [Requirement("", None)]
    wish = run.wish
    if target:
        wish = replace(wish, ignore_installed=True)
    installed = {} if target or wish.ignore_installed else run.installed()
    decision = decide(named, run.python, wish, installed, run.pip.index)
    if isinstance(decision, Problem):
        return run.fail(decision.cause, decision.why, word=decision.word, intended=intended)
    if isinstance(decision, Unsure):
        return unsure(decision.why, intended)
    if values.flag("dry_run"):
        return done()
    if problem := _legacy_develop(run, decision):
        return problem
    if not decision.install:
        return done()
    result = _put(run, decision, bool(to_user), target, prefix, root)
    if refusal is not None and refusal.failure is not None and result.exit_code == 0:
        return replace(result, warnings=(_luck(run),))
    return result


def _luck(run: PipRun) -> Failure:
    """What an override of PEP 668 rests on."""
    origin = run.arguments.values.origin("override_externally_managed")
    why = f"{run.python.view.prefix} is externally managed; the install goes into it only because of {origin}"
    return Failure(Cause.WORKS_BY_LUCK, why, program="pip", warning=True)


def _groups(run: PipRun) -> bool:
    return bool(
        run.arguments.values.lists.get("dependency_groups")
        or run.arguments.values.lists.get("requirements_from_scripts")
    )


def _user_origin(run: PipRun) -> tuple[str, ...]:
    return (f"a user install is asked for by {run.arguments.values.origin('use_user_site')}",)


def _user_impossible(run: PipRun, prefix: str | None, intended: tuple[Effect, ...]) -> Result | None:
    """pip's checks of an explicit `--user` (also PIP_USER, pip.conf)."""
    trace = _user_origin(run)
    if prefix:
        why = "pip cannot combine '--user' and '--prefix'"
        return run.fail(Cause.USAGE_ERROR, why, trace=trace, intended=intended)
    if run.python.no_global_in_venv:
        why = "Can not perform a '--user' install. User site-packages are not visible in this virtualenv."
        return run.fail(Cause.USER_SITE_UNAVAILABLE, why, trace=trace, intended=intended)
    if behaves("pip", "user-needs-enabled-site", run.pip.version) and not run.python.user_site_enabled:
        why = "Can not perform a '--user' install. User site-packages are disabled for this Python."
        return run.fail(Cause.USER_SITE_UNAVAILABLE, why, trace=trace, intended=intended)
    return None


def _defaults_to_user(run: PipRun, target: str | None, prefix: str | None, root: str | None) -> bool:
    """Whether pip falls back to the user site: not asked for, enabled, and the site directory not writable."""
    if prefix or target or not run.python.user_site_enabled:
        return False
    scheme = rooted(run.python.default_scheme, root, run.invocation.cwd)
    return run.python.state.files.writable(scheme.site, run.python.user) is not None


def rooted(scheme: Scheme, root: str | None, cwd: str) -> Scheme:
    """The scheme below another root (`change_root`)."""
    if not root:
        return scheme
    top = absolute(root, cwd).rstrip("/")
    return Scheme(top + scheme.site, top + scheme.scripts, top + scheme.prefix)


def _scheme(run: PipRun, to_user: bool, target: str | None, prefix: str | None, root: str | None) -> Scheme:
    cwd = run.invocation.cwd
    if target:
        folder = absolute(target, cwd)
        return Scheme(folder, posixpath.join(folder, "bin"), folder)
    emptied = (
        prefix == ""
        and at_least(run.python.version, "3.10")
        and behaves("pip", "empty-prefix-is-a-base", run.pip.version)
    )
    if to_user and emptied:
        return rooted(run.python.prefix_scheme("", debian_local=False), root, cwd)
    if to_user:
        return rooted(run.python.user_scheme, root, cwd)
    if prefix or emptied:
        local = not behaves("pip", "prefix-is-posix-prefix", run.pip.version) and at_least(run.pip.version, "21.1")
        folder = absolute(prefix, cwd).rstrip("/") if prefix else ""
        return rooted(run.python.prefix_scheme(folder, debian_local=local), root, cwd)
    return rooted(run.python.default_scheme, root, cwd)


def _put(
    run: PipRun, decision: Decision, to_user: bool, target: str | None, prefix: str | None, root: str | None
) -> Result:
    if target and prefix:
        return run.fail(Cause.USAGE_ERROR, "Cannot set --home and --prefix together", intended=intended_install(run))
    scheme = _scheme(run, to_user, target, prefix, root)
    effects: list[Effect] = []
    for old in decision.replace:
        if target or (to_user and old.site != run.python.user_scheme.site):
            if to_user and run.python.virtual and old.site == run.python.view.site:
                lacks = f"it will lack sys.path precedence to {old.distribution.name}"
                why = f"Will not install to the user site because {lacks}"
                return run.fail(Cause.USER_SITE_UNAVAILABLE, why)
            continue
        what = removal(run, old)
        if what.doubt:
            return unsure(what.doubt)
        if what.cause is not None:
            return run.fail(what.cause, what.why)
        if not what.skip and run.python.links_to_store(old.distribution.name) and old.site == scheme.site:
            path = posixpath.join(old.site, old.distribution.name)
            trace = (
                f"{path} is a link into the Nix store: pip removes what it leads to and then finds the link there",
            )
            return run.fail(Cause.OTHER, f"[Errno 17] File exists: {path!r}", trace=trace)
        if not what.skip:
            effects.append(Uninstall((old.distribution.name,), old.site))
    if problem_kind := run.python.state.files.writable(scheme.site, run.python.user):
        cause = write_problem(problem_kind)
        path = posixpath.join(scheme.site, decision.install[0].name or "")
        if target:
            why = os_error(problem_kind, path)
            return run.fail(cause, why, 2, trace=_place_trace(scheme), intended=intended_install(run))
        why = f"Could not install packages due to an OSError: {os_error(problem_kind, path)}"
        return run.fail(cause, why, trace=_place_trace(scheme), intended=intended_install(run))
    if root and absolute(root, run.invocation.cwd) != "/":
        place = Place.TARGET
    else:
        place = run.python.place_of(scheme.site) if scheme.prefix else Place.SYSTEM  # /lib/python3.x: the system's own
    belongs = run.python.view.prefix if place in (Place.SYSTEM, Place.VENV, Place.USER) and scheme.prefix else None
    effects.append(Install(decision.install, scheme.site, scheme.scripts, belongs, place, decision.complete))
    return done(place, effects)


def _place_trace(scheme: Scheme) -> tuple[str, ...]:
    return (f"the packages would go to {scheme.site}",)


def _legacy_develop(run: PipRun, decision: Decision) -> Result | None:
    """pip before 21.3 runs `setup.py develop` for `-e` with a build backend; setuptools 80 turns that into a
    `python -m pip install -e` by the same Python."""
    if behaves("pip", "editable-pep660", run.pip.version):
        return None
    versions = (run.python.state.machine.index.projects or {}).get("setuptools", ())
    newest = max(
        versions, key=lambda text: tuple(int(part) for part in text.split(".") if part.isdigit()), default=None
    )
    for requirement in decision.built:
        if not requirement.editable or newest is None or not at_least(newest, "80"):
            continue
        child = run.python.state.python(run.python.view.executable, run.invocation.env, run.python.user)
        if child is None or child.pip is None:
            why = f"{run.python.view.executable}: No module named pip (setuptools {newest} runs it for develop)"
            return run.fail(Cause.NO_MODULE_PIP, why, word=requirement.word)
    return None


def intended_install(run: PipRun) -> tuple[Effect, ...]:
    """What the user meant: the requirements in the place where this install would put them."""
    values = run.arguments.values
    named = run.named(lenient=True)
    if not isinstance(named, list) or not named:
        return ()
    texts = values.texts
    scheme = _scheme(
        run,
        bool(values.flags.get("use_user_site")),
        texts.get("target_dir"),
        texts.get("prefix_path"),
        texts.get("root_path"),
    )
    decision = decide(named, run.python, run.wish, run.installed(), run.pip.index)
    if not isinstance(decision, Decision) or not decision.install:
        return ()
    place = run.python.place_of(scheme.site) if scheme.prefix else Place.SYSTEM
    belongs = run.python.view.prefix if place is not Place.TARGET and scheme.prefix else None
    known = [item for item in decision.install if canonical(item.name or "")]
    return (Install(tuple(known), scheme.site, scheme.scripts, belongs, place, decision.complete),)
