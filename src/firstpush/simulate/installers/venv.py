"""`python -m venv`. In: invocation, Python; out: `Result`. Follows CPython's Lib/venv/__init__.py.

The new environment is laid down in a copy of the state, and ensurepip runs there in the environment's own Python: where
that Python does not see that it is in one (an old Nix wrapper), things go wrong as they really do.
"""

from __future__ import annotations

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import replace
from firstpush.simulate.installers.argparse_model import parse
from firstpush.simulate.installers.ensurepip import run_ensurepip
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.results import done, failed, os_error, unsure, write_problem
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.invocation import Effect, Install, Invocation, MakeVenv, Result, Word

_FLAGS = {
    "--system-site-packages": "system",
    "--symlinks": "symlinks",
    "--copies": "copies",
    "--clear": "clear",
    "--upgrade": "upgrade",
    "--without-pip": "without_pip",
    "--upgrade-deps": "upgrade_deps",
}
_DEBIAN = """The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python{version}-venv

You may need to use sudo with that command.  After installing the python3-venv
package, recreate your virtual environment.

Failing command: {command}

"""


def run_venv(invocation: Invocation, python: RunningPython) -> Result:
    """What `python -m venv …` does."""
    view = python.view
    flags = dict(_FLAGS)
    if at_least(view.version, "3.13"):
        flags["--without-scm-ignore-files"] = "no_scm"
    if not at_least(view.version, "3.9"):
        del flags["--upgrade-deps"]
    values = {"--prompt": "prompt"}
    arguments = parse(invocation.argv[1:], flags, values)
    if arguments.help:
        return done()
    if arguments.error or not arguments.positional:
        why = arguments.error or "the following arguments are required: ENV_DIR"
        return failed(invocation, Cause.USAGE_ERROR, why, 2, word=arguments.word)
    if not view.venv_module:
        why = f"{view.executable}: No module named venv"
        return failed(invocation, Cause.OTHER, why, 1)
    effects: list[Effect] = []
    for word in arguments.positional:
        if word.text is None:
            return unsure("the folder of the virtual environment is not known")
        path = absolute(word.text, invocation.cwd)
        result = _make(invocation, python, path, arguments.flags, word)
        if result.failure or result.unknown:
            return replace(result, effects=(*effects, *result.effects))
        effects += result.effects
    return done(Place.NONE if "without_pip" in arguments.flags else Place.VENV, effects)


def _make(invocation: Invocation, python: RunningPython, path: str, flags: set[str], word: Word) -> Result:
    view, state = python.view, python.state
    system = "system" in flags
    made = MakeVenv(path, view.real, None, system, copies="copies" in flags)
    if kind := state.files.writable(path, python.user):
        return failed(invocation, write_problem(kind), f"Error: {os_error(kind, path)}", 1, word=word, intended=(made,))
    if state.files.is_file(path):
        return failed(invocation, Cause.USAGE_ERROR, f"Error: Unable to create directory {path!r}", 1, word=word)
    if "without_pip" in flags:
        return done(Place.NONE, (made,))
    half = replace(made, activate=False)
    wanted = replace(made, pip=_seed(python))
    if view.ensurepip == "absent":
        command = f"{path}/bin/{view.executable.rpartition('/')[2]}"
        version = ".".join(view.version.split(".")[:2])
        text = _DEBIAN.format(version=version, command=command) if view.vendor == "debian" else None
        why = "the virtual environment was not created: ensurepip is not available"
        return failed(
            invocation,
            Cause.ENSUREPIP_MISSING,
            why,
            1,
            trace=(f"{view.executable} has no ensurepip (Debian: package python3-venv)",),
            effects=(half,),
            intended=(wanted,),
            output=text,
            stdout=text,
        )
    trial = state.copy()
    trial.apply(replace(made, system_site_packages=False))  # as CPython does while ensurepip runs
    inside = _inside(invocation, python, trial, path)
    if inside is None:
        return unsure(f"what {path}/bin/python would be is not known", (wanted,))
    child, own = inside
    seeded = run_ensurepip(replace(child, argv=(Word("ensurepip"), Word("--upgrade"), Word("--default-pip"))), own)
    if seeded.failure is not None:
        why = f"Error: Command '{path}/bin/python -m ensurepip' returned non-zero exit status 1: {seeded.failure.why}"
        trace = (f"ensurepip runs in {own.view.executable}, whose sys.prefix is {own.view.prefix}",)
        return failed(
            invocation, seeded.failure.cause, why, 1, word=word, trace=trace, effects=(half,), intended=(wanted,)
        )
    if seeded.unknown is not None:
        return unsure(seeded.unknown, (wanted,))
    return _upgraded(invocation, python, own, path, made, seeded, flags)


def _inside(
    invocation: Invocation, python: RunningPython, state: object, path: str
) -> tuple[Invocation, RunningPython] | None:
    """An invocation in the new environment's Python."""
    from firstpush.simulate.state import State

    assert isinstance(state, State)
    dropped = ("PYTHONHOME", "PYTHONPATH")
    env = {name: value for name, value in invocation.env.items() if name not in dropped}
    env["VIRTUAL_ENV"] = path
    view = state.python(f"{path}/bin/python", env, python.user)
    if view is None:
        return None
    child = replace(invocation, env=env, state=state, program=view.executable)
    return child, RunningPython(view, {**env, **view.sets_env}, python.user, state, "")


def _seed(python: RunningPython) -> str:
    from firstpush.simulate.installers.bundled import bundled

    return bundled(python.view.vendor, python.view.version).pip


def _upgraded(
    invocation: Invocation,
    python: RunningPython,
    own: RunningPython,
    path: str,
    made: MakeVenv,
    seeded: Result,
    flags: set[str],
) -> Result:
    """The environment with the pip that ensurepip put there, brought up to date where that is wanted."""
    version, others = _pip_in(seeded.effects, path)
    effects: list[Effect] = [replace(made, pip=version), *others]
    if "upgrade_deps" not in flags:
        return done(Place.VENV if version else Place.NONE, effects)
    for effect in seeded.effects:
        own.state.apply(effect)
    inside = _inside(invocation, python, own.state, path)
    if inside is None or inside[1].view.pip is None:
        return failed(
            invocation, Cause.NO_MODULE_PIP, "Error: pip cannot be run in the new environment", 1, effects=effects
        )
    from firstpush.simulate.installers.pip import run_pip
    from firstpush.simulate.installers.pip_run import Pip

    child, running = inside
    words = ["install", "--upgrade", "pip"] + ([] if at_least(python.view.version, "3.12") else ["setuptools"])
    child = replace(child, argv=(Word("pip"), *(Word(text) for text in words)))
    result = run_pip(child, running, Pip(running.view.pip or "", None))
    if result.failure is not None:
        return failed(invocation, result.failure.cause, result.failure.why, 1, effects=effects)
    if result.unknown is not None:
        return unsure(result.unknown, effects)
    return done(Place.VENV, (*effects, *result.effects))


def _pip_in(effects: tuple[Effect, ...], path: str) -> tuple[str | None, list[Effect]]:
    """The version of pip that was put into the environment, and the effects that are not that."""
    version: str | None = None
    others: list[Effect] = []
    for effect in effects:
        if isinstance(effect, Install) and effect.site.startswith(path + "/"):
            version = next((item.version for item in effect.distributions if item.name == "pip"), version)
            rest = tuple(item for item in effect.distributions if item.name != "pip")
            if rest:
                others.append(replace(effect, distributions=rest))
        else:
            others.append(effect)
    return version, others
