"""pip, from its argument vector to its exit code. In: invocation, Python, version; out: `Result`.

Follows pip/_internal/cli/main.py, main_parser.py and base_command.py.
"""

from __future__ import annotations

from collections.abc import Callable

from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.value import replace
from firstpush.simulate.installers import pip_config, pip_other
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.pip_arguments import UsageError, read
from firstpush.simulate.installers.pip_install import install, intended_install
from firstpush.simulate.installers.pip_run import Pip, PipRun
from firstpush.simulate.installers.pip_uninstall import uninstall
from firstpush.simulate.installers.results import done, failed, unsure, without
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.versions import behaves, between
from firstpush.simulate.invocation import Invocation, Result

IN_SUBPROCESS = "_PIP_RUNNING_IN_SUBPROCESS"

_COMMANDS: dict[str, Callable[[PipRun], Result]] = {
    "install": install,
    "uninstall": uninstall,
    "download": pip_other.fetch,
    "wheel": pip_other.fetch,
    "show": pip_other.show,
    "index": pip_other.index,
    "cache": pip_other.cache,
    "hash": pip_other.hash_files,
    "config": pip_other.config,
    "help": pip_other.show_help,
}


def run_pip(invocation: Invocation, python: RunningPython, pip: Pip) -> Result:
    """What `pip …` does. `python`: the one that runs it."""
    again = IN_SUBPROCESS in python.env
    arguments = read(
        invocation.argv[1:],
        pip.version,
        lambda isolated: pip_config.load(python, invocation.cwd, isolated, pip.version),
        started_again=again,
    )
    if isinstance(arguments, UsageError):
        return _usage(invocation, python, pip, arguments)
    if arguments.other_python:
        return _other_python(invocation, python, pip, arguments.python)
    if arguments.version:
        return done(stdout=_version_line(python, pip))
    if arguments.command is None or arguments.help:
        if arguments.loose_unknown:
            return unsure("the command of pip is not known")
        return done()
    return _command(PipRun(invocation, python, pip, arguments))


def _usage(invocation: Invocation, python: RunningPython, pip: Pip, error: UsageError) -> Result:
    unknown = error.unknown_option or ""
    if len(unknown) > 7 and "--break-system-packages".startswith(unknown):
        cause = Cause.BREAK_FLAG_UNSUPPORTED
        trace = (f"pip {pip.version} has no such option at this place",)
    else:
        cause, trace = Cause.USAGE_ERROR, (error.message,)
    meant = without(invocation, error.word)
    wanted = run_pip(meant, python, pip) if meant is not None else None
    return failed(
        invocation,
        cause,
        error.message,
        error.exit_code,
        word=error.word,
        trace=trace,
        intended=(*wanted.effects, *wanted.intended) if wanted is not None else (),
        label=error.message,
    )


def _version_line(python: RunningPython, pip: Pip) -> str:
    number = pip.version.split("+")[0]
    folder = pip.module_dir or python.view.pip_dir or python.view.site
    return f"pip {number} from {folder}/pip (python {python.version})\n"


def _other_python(invocation: Invocation, python: RunningPython, pip: Pip, name: str | None) -> Result:
    """`--python`: pip starts itself again with that interpreter."""
    if name is None:
        return unsure("the value of pip's --python is not known")
    files, path = python.state.files, absolute(name, invocation.cwd)
    found: str | None = None
    if files.exists(path):
        found = path
        if files.is_folder(path):
            found = absolute("bin/python", path) if files.exists(absolute("bin/python", path)) else None
    if found is None:
        return failed(invocation, Cause.PYTHON_COMMAND_NOT_FOUND, f"Could not locate Python interpreter {name}", 1)
    env = {**python.env, IN_SUBPROCESS: "1"}
    view = python.state.python(found, env, python.user)
    if view is None:
        return failed(invocation, Cause.OTHER, f"Failed to run pip under {found}: it is no Python", 1)
    other = replace(python, view=view, env={**env, **view.sets_env}, flags="")
    return run_pip(invocation, other, replace(pip, module_dir=pip.module_dir or python.view.pip_dir))


def _command(run: PipRun) -> Result:
    arguments, version = run.arguments, run.pip.version
    command = arguments.command or ""
    values = arguments.values
    after = values.texts.get("python")
    if after and IN_SUBPROCESS not in run.python.env and behaves("pip", "python-after-command-refused", version):
        given = values.given.get("python")
        why = "The --python option must be placed before the pip subcommand name"
        wanted = intended_install(run) if command == "install" else ()
        return run.fail(Cause.USAGE_ERROR, why, word=given.word if given else None, intended=wanted)
    if values.flag("require_venv") and not run.python.virtual and command not in _venv_not_required(version):
        why = "Could not find an activated virtualenv (required)."
        trace = (f"a virtual environment is required by {values.origin('require_venv')}",)
        wanted = intended_install(run) if command == "install" else ()
        return run.fail(Cause.NOT_A_VIRTUALENV, why, 3, trace=trace, intended=wanted)
    return _COMMANDS.get(command, _nothing)(run)


def _nothing(run: PipRun) -> Result:
    """Commands that only read or print."""
    del run
    return done()


def _venv_not_required(version: str) -> frozenset[str]:
    rows = table("installers")["ignores_require_virtualenv"]
    return frozenset(name for row in rows if between(version, row["since"], "") for name in row["commands"])
