"""`python -m ensurepip`: pip from the wheels that the Python brings. In: invocation, Python; out: `Result`.

Follows CPython's Lib/ensurepip/__init__.py and Debian's version of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import TraceStep
from firstpush.model.machine import Index
from firstpush.simulate.installers.argparse_model import parse
from firstpush.simulate.installers.bundled import bundled
from firstpush.simulate.installers.pip import run_pip
from firstpush.simulate.installers.pip_run import Pip
from firstpush.simulate.installers.results import done, failed, unsure
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.invocation import Invocation, Result, Word

_FLAGS = {
    "--version": "version",
    "-v": "verbose",
    "--verbose": "verbose",
    "-U": "upgrade",
    "--upgrade": "upgrade",
    "--user": "user",
    "--altinstall": "altinstall",
    "--default-pip": "default_pip",
}


def run_ensurepip(invocation: Invocation, python: RunningPython) -> Result:
    """What `python -m ensurepip …` does."""
    view = python.view
    if view.ensurepip == "absent":
        why = f"{view.executable}: No module named ensurepip"
        trace = (
            ("Debian's Python has no ensurepip without its package python3-venv",) if view.vendor == "debian" else ()
        )
        return failed(invocation, Cause.ENSUREPIP_MISSING, why, 1, trace=trace, output=why + "\n")
    arguments = parse(invocation.argv[1:], _FLAGS, {"--root": "root"})
    if arguments.error or arguments.positional:
        return failed(
            invocation, Cause.USAGE_ERROR, arguments.error or "unrecognized arguments", 2, word=arguments.word
        )
    versions = bundled(view.vendor, view.version)
    if arguments.help or "version" in arguments.flags:
        return done(stdout=f"pip {versions.pip}\n" if "version" in arguments.flags else None)
    if view.ensurepip == "debian-venv-only" and not python.virtual:
        why = "ensurepip is disabled in Debian/Ubuntu for the system python."
        return failed(invocation, Cause.ENSUREPIP_MISSING, why, 1, trace=(why,))
    if {"altinstall", "default_pip"} <= arguments.flags:
        return failed(invocation, Cause.USAGE_ERROR, "Cannot use altinstall and default pip together", 1)
    words = ["install", "--no-cache-dir", "--no-index", "--find-links", "/tmp"]
    if "root" in arguments.values:
        if arguments.values["root"] is None:
            return unsure("the value of --root is not known")
        words += ["--root", arguments.values["root"]]
    words += [f"--{name}" for name in ("upgrade", "user") if name in arguments.flags]
    projects = {"pip": (versions.pip,)}
    if versions.setuptools:
        words.append("setuptools")
        projects["setuptools"] = (versions.setuptools,)
    words.append("pip")
    return run_bundled(invocation, python, words, projects, versions.pip)


def run_bundled(
    invocation: Invocation,
    python: RunningPython,
    words: list[str],
    projects: Mapping[str, tuple[str, ...]],
    version: str,
) -> Result:
    """A pip from a wheel, without any configuration, with an index of its own."""
    from firstpush.model.value import replace

    env = {name: value for name, value in python.env.items() if not name.startswith("PIP_")}
    env["PIP_CONFIG_FILE"] = "/dev/null"
    step = TraceStep(f"ensurepip of Python {python.view.version} runs its own pip {version} without any PIP_ setting")
    argv = (invocation.argv[0], *(Word(text) for text in words))
    child = replace(invocation, argv=argv, env=env, trace=(*invocation.trace, step))
    result = run_pip(child, replace(python, env=env), Pip(version, index=Index("bundled", projects)))
    if result.failure is not None:
        return replace(result, exit_code=1)
    return result
