"""`python setup.py …` with setuptools or distutils; its own commands do not know PEP 668. In: invocation, Python;
out: `Result`, or None when it is no setup script that can be read.

Follows setuptools 65.5.0, 79.0.1, 80.9.0 and 84.2.1: from 80 on `develop` is `python -m pip install -e`, and
`easy_install` is gone.
"""

from __future__ import annotations

import posixpath
import re

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import dataclass, replace
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.results import done, failed, os_error, unsure, write_problem
from firstpush.simulate.installers.running_python import RunningPython, Scheme
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.invocation import Effect, Install, Installed, Invocation, Result, Word

_VALUES = frozenset(("--prefix", "--root", "--home", "--install-dir", "-d", "-i", "--index-url", "-f", "--record"))
_MODULES = re.compile(r"py_modules\s*=\s*\[(.*?)\]")
_HARMLESS = frozenset(
    [
        "build",
        "build_py",
        "build_ext",
        "build_clib",
        "build_scripts",
        "clean",
        "sdist",
        "bdist",
        "bdist_wheel",
        "bdist_egg",
        "egg_info",
        "check",
        "test",
        "dist_info",
        "rotate",
        "alias",
        "saveopts",
        "setopt",
        "upload",
        "register",
        "upload_docs",
        "editable_wheel",
        "--version",
        "--name",
        "--help",
        "--help-commands",
        "--fullname",
        "--classifiers",
    ]
)


@dataclass(frozen=True, slots=True)
class _Setup:
    """A setup script that runs: where, with which setuptools, what it installs."""

    invocation: Invocation
    python: RunningPython
    folder: str
    setuptools: str | None
    name: str
    modules: tuple[str, ...]

    def fail(self, cause: Cause, why: str, exit_code: int = 1, *trace: str) -> Result:
        return failed(self.invocation, cause, why, exit_code, trace=trace)


def run_setup_py(invocation: Invocation, python: RunningPython) -> Result | None:
    """What `python setup.py …` does."""
    path = absolute(invocation.argv[0].text or "", invocation.cwd)
    text = python.state.files.text(path)
    if text is None:
        return None
    setuptools = _version(python)
    if setuptools is None and ("setuptools" in text or at_least(python.view.version, "3.12")):
        why = "ModuleNotFoundError: No module named 'setuptools'"
        return failed(invocation, Cause.MISSING_DEPENDENCY, why, 1, trace=(f"{path} needs setuptools to run",))
    name = re.search(r"name\s*=\s*[\"']([\w.-]+)", text)
    listed = _MODULES.search(text)
    modules = tuple(re.findall(r"[\"'](\w+)[\"']", listed[1])) if listed else ()
    setup = _Setup(invocation, python, posixpath.dirname(path), setuptools, name[1] if name else "", modules)
    return _commands(setup)


def _version(python: RunningPython) -> str | None:
    found = python.state.distribution("setuptools", python.view.sites)
    return (found[0].version or "0") if found else None


def _commands(setup: _Setup) -> Result:
    if setup.invocation.words is None:
        return unsure("a word of the setup script's command line is not known")
    words = list(setup.invocation.words)
    results: list[Result] = []
    while words:
        command = words.pop(0)
        options: dict[str, str] = {}
        while words and words[0].startswith("-"):
            name, equals, value = words.pop(0).partition("=")
            options[name] = value if equals else (words.pop(0) if name in _VALUES and words else "")
        result = _one(setup, command, options, words)
        if result.failure or result.unknown:
            return result
        results.append(result)
        if command in ("easy_install", "develop"):
            break
    effects = tuple(effect for result in results for effect in result.effects)
    place = next((result.place for result in results if result.place not in (None, Place.NONE)), Place.NONE)
    return done(place or Place.NONE, effects)


def _one(setup: _Setup, command: str, options: dict[str, str], rest: list[str]) -> Result:
    new = setup.setuptools is not None and at_least(setup.setuptools, "80")
    if command in _HARMLESS or command.startswith("-"):
        return done()
    if command in ("install", "install_lib", "install_scripts", "install_data", "install_egg_info", "install_headers"):
        return _install(setup, command, options)
    if command == "develop":
        return _pip_develop(setup, options) if new else _install(setup, command, options)
    if command == "easy_install":
        if new:
            return setup.fail(
                Cause.USAGE_ERROR, "error: invalid command 'easy_install'", 1, f"setuptools {setup.setuptools}"
            )
        return _easy_install(setup, options, rest)
    return unsure(f"what the command {command} of the setup script does is not known")


def _scheme(setup: _Setup, options: dict[str, str]) -> Scheme:
    python, cwd = setup.python, setup.invocation.cwd
    if "--user" in options:
        scheme = python.user_scheme
    elif prefix := options.get("--prefix"):
        scheme = python.prefix_scheme(absolute(prefix, cwd), debian_local=False)
    elif home := options.get("--home"):
        folder = absolute(home, cwd)
        scheme = Scheme(f"{folder}/lib/python", f"{folder}/bin", folder)
    else:
        scheme = python.default_scheme
    if root := options.get("--root"):
        top = absolute(root, cwd).rstrip("/")
        scheme = Scheme(top + scheme.site, top + scheme.scripts, top + scheme.prefix)
    return scheme


def _install(setup: _Setup, command: str, options: dict[str, str]) -> Result:
    scheme = _scheme(setup, options)
    if kind := setup.python.state.files.writable(scheme.site, setup.python.user):
        cause = write_problem(kind)
        return setup.fail(cause, f"error: {os_error(kind, scheme.site)}", 1, "setup.py installs without asking pip")
    place = Place.TARGET if options.get("--root") else setup.python.place_of(scheme.site)
    item = Installed(setup.name or "unknown", None, setup.modules or None)
    prefix = setup.python.view.prefix if place is not Place.TARGET else None
    effect: Effect = Install((item,), scheme.site, scheme.scripts, prefix, place)
    if command not in ("install", "develop"):
        return done(Place.NONE, (effect,))
    return done(place, (effect,))


def _pip_develop(setup: _Setup, options: dict[str, str]) -> Result:
    """setuptools 80 and newer: `python -m pip install -e . --use-pep517 …` by the same Python."""
    from firstpush.simulate.installers.pip import run_pip
    from firstpush.simulate.installers.pip_run import Pip

    python = setup.python
    if python.view.pip is None:
        why = f"{python.view.executable}: No module named pip"
        return setup.fail(Cause.NO_MODULE_PIP, why, 1, f"setuptools {setup.setuptools} runs pip for develop")
    words = ["install", "-e", ".", "--use-pep517"]
    words += ["--user"] if "--user" in options else []
    words += ["--prefix", options["--prefix"]] if options.get("--prefix") else []
    argv = (setup.invocation.argv[0], *(Word(text) for text in words))
    result = run_pip(replace(setup.invocation, argv=argv, cwd=setup.folder), python, Pip(python.view.pip, None))
    return replace(result, exit_code=1) if result.failure is not None else result


def _easy_install(setup: _Setup, options: dict[str, str], rest: list[str]) -> Result:
    scheme = _scheme(setup, options)
    if kind := setup.python.state.files.writable(scheme.site, setup.python.user):
        return setup.fail(
            write_problem(kind), f"error: can't create or remove files in install directory: {scheme.site}"
        )
    return unsure(f"whether easy_install can build {' '.join(rest) or 'it'} is not known")
