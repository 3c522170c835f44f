"""pipx and virtualenv. In: invocation, version; out: `Result`. Runs of pipx 1.18.4 and virtualenv 21.15.7.

pipx makes a virtual environment a tool with the venv module (ensurepip for its shared pip); virtualenv needs neither.
"""

from __future__ import annotations

from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import replace
from firstpush.simulate.installers.argparse_model import parse
from firstpush.simulate.installers.paths import absolute, below_home
from firstpush.simulate.installers.results import done, failed, os_error, unsure, write_problem
from firstpush.simulate.installers.tool_common import (
    data_folder,
    into_venv,
    nested,
    path_python,
    python_at,
    read,
    requirements,
)
from firstpush.simulate.invocation import Install, Invocation, MakeVenv, Result

_VALUED = ("--python", "--pip-args", "-i", "--index-url", "--spec", "--suffix", "--preinstall", "--with")


def run_pipx(invocation: Invocation, version: str) -> Result:
    """What `pipx …` does."""
    run = read(invocation, version, _VALUED, rest_after=("run",))
    if run.command not in ("install", "run", "inject", "upgrade", "reinstall"):
        return done()
    python = path_python(invocation)
    if python is None:
        return unsure("the Python that pipx takes is not known")
    if python.view.ensurepip == "absent" and not python.virtual:
        why = "'python -m venv' fails: No module named ensurepip"
        trace = ("pipx makes virtual environments with the venv module of its Python",)
        return run.fail(Cause.ENSUREPIP_MISSING, why, trace=trace)
    texts = [run.values["--spec"]] if "--spec" in run.values else run.texts()[:1]
    if not texts:
        return run.fail(Cause.USAGE_ERROR, "the following arguments are required: package_spec", 2)
    needs = requirements(texts, invocation)
    name = needs[0].name if needs and needs[0].name else texts[0]
    home = run.env.get("PIPX_HOME") or data_folder(invocation, "pipx")
    result = into_venv(run, python, f"{home}/venvs/{name}", needs, None)
    if result.failure or result.unknown:
        return result
    scripts = run.env.get("PIPX_BIN_DIR") or below_home(run.env, invocation.user, ".local", "bin")
    effects = [
        replace(effect, scripts=scripts, place=Place.TOOL) if isinstance(effect, Install) else effect
        for effect in result.effects
    ]
    if run.command != "run":
        return replace(result, place=Place.TOOL, effects=tuple(effects))
    for effect in result.effects:
        invocation.state.apply(effect)
    ran = nested(run, run.words, f"{home}/venvs/{name}")
    return replace(ran, place=Place.TOOL) if ran.exit_code == 0 else ran


_FLAGS = {
    "--copies": "copies", "--always-copy": "copies", "--symlinks": "symlinks", "--clear": "clear", "-q": "quiet",
    "--quiet": "quiet", "-v": "verbose", "--verbose": "verbose", "--system-site-packages": "system",
    "--without-pip": "no_pip", "--no-pip": "no_pip", "--no-setuptools": "", "--no-wheel": "", "--download": "",
    "--no-download": "", "--never-download": "", "--no-periodic-update": "", "--no-vcs-ignore": "",
    "--reset-app-data": "",
    "--symlink-app-data": "", "--no-seed": "no_pip", "--version": "version", "--upgrade-embed-wheels": "",
}  # fmt: skip
_OPTIONS = (
    "-p",
    "--python",
    "--pip",
    "--setuptools",
    "--wheel",
    "--prompt",
    "--creator",
    "--seeder",
    "--app-data",
    "--activators",
)


def run_virtualenv(invocation: Invocation, version: str) -> Result:
    """What `virtualenv …` does."""
    arguments = parse(invocation.argv[1:], _FLAGS, {name: name for name in _OPTIONS})
    if arguments.help or "version" in arguments.flags:
        return done()
    if arguments.error or not arguments.positional:
        why = arguments.error or "the following arguments are required: dest"
        return failed(invocation, Cause.USAGE_ERROR, why, 2, word=arguments.word)
    word = arguments.positional[0]
    if word.text is None:
        return unsure("the folder of the virtual environment is not known")
    asked = arguments.values.get("-p") or arguments.values.get("--python")
    python = path_python(invocation, (asked,)) if asked and "/" not in asked else path_python(invocation)
    if asked and "/" in asked:
        python = python_at(invocation, absolute(asked, invocation.cwd))
    if python is None:
        why = f"RuntimeError: failed to find interpreter {asked or 'python'}"
        return failed(invocation, Cause.PYTHON_COMMAND_NOT_FOUND, why, 1, word=word)
    path = absolute(word.text, invocation.cwd)
    if kind := invocation.state.files.writable(path, invocation.user):
        return failed(invocation, write_problem(kind), os_error(kind, path), 1, word=word)
    rows = {row["version"]: row["pip"] for row in table("installers")["virtualenv"]}
    pip = None if "no_pip" in arguments.flags else rows.get(version, next(iter(rows.values())))
    made = MakeVenv(
        path,
        python.view.real,
        pip,
        "system" in arguments.flags,
        f"virtualenv {version}",
        copies="copies" in arguments.flags,
    )
    return done(Place.VENV if pip else Place.NONE, (made,))
