"""uv, from its argument vector to its exit code. In: invocation, version; out: `Result`."""

from __future__ import annotations

from collections.abc import Callable

from firstpush.model.cause import Cause
from firstpush.simulate.installers import uv_pip, uv_project, uv_python, uv_venv
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.results import done, failed, os_error, unsure, without, write_problem
from firstpush.simulate.installers.uv_arguments import UvUsage, read
from firstpush.simulate.installers.uv_run import UvRun
from firstpush.simulate.installers.uv_settings import load
from firstpush.simulate.invocation import Invocation, Result

_COMMANDS: dict[str, Callable[[UvRun], Result]] = {
    "pip.install": uv_pip.install,
    "pip.sync": uv_pip.install,
    "pip.uninstall": uv_pip.uninstall,
    "pip.compile": uv_pip.compile_requirements,
    "pip.list": uv_pip.look,
    "pip.freeze": uv_pip.look,
    "pip.check": uv_pip.look,
    "pip.show": uv_pip.look,
    "venv": uv_venv.venv,
    "sync": uv_project.sync,
    "add": uv_project.sync,
    "remove": uv_project.sync,
    "lock": uv_project.lock,
    "export": uv_project.lock,
    "run": uv_project.run_command,
    "tool.install": uv_project.tool_install,
    "tool.run": uv_project.tool_run,
    "python.install": uv_python.install,
}


def run_uv(invocation: Invocation, version: str, start: str = "uv") -> Result:
    """What `uv …` does. `start`: `tool.run` for uvx."""
    arguments = read(invocation.argv[1:], version, invocation.env, start)
    if isinstance(arguments, UvUsage):
        unknown = arguments.unknown_option or ""
        cause = Cause.BREAK_FLAG_UNSUPPORTED if unknown == "--break-system-packages" else Cause.USAGE_ERROR
        meant = without(invocation, arguments.word)
        wanted = run_uv(meant, version, start) if meant is not None else None
        intended = (*wanted.effects, *wanted.intended) if wanted is not None else ()
        message = arguments.message
        return failed(invocation, cause, message, 2, word=arguments.word, label=message, intended=intended)
    if arguments.help:
        return done()
    if arguments.version:
        return done(stdout=f"uv {version}\n")
    if arguments.command is None or arguments.command in (
        "pip",
        "tool",
        "python",
        "cache",
        "self",
        "auth",
        "workspace",
    ):
        if arguments.loose_unknown:
            return unsure("the command of uv is not known")
        return failed(invocation, Cause.USAGE_ERROR, "error: uv requires a subcommand but one was not provided", 2)
    cwd = absolute(arguments.text("directory") or invocation.env.get("UV_WORKING_DIR") or ".", invocation.cwd)
    cwd = absolute(arguments.text("project") or ".", cwd)
    settings = load(arguments, version, invocation.state, cwd, invocation.env, invocation.user)
    run = UvRun(invocation, version, arguments, settings, invocation.env, cwd)
    if not arguments.modelled:
        return uv_python.other(run)
    if settings.error:
        return run.fail(Cause.CONFIG_PARSE_ERROR, settings.error)
    cache = uv_project.cache_folder(run)
    if cache is not None and (kind := invocation.state.files.writable(cache, invocation.user)):
        why = f"error: Failed to initialize cache at `{cache}`: {os_error(kind, cache)}"
        return run.fail(write_problem(kind), why)
    return _COMMANDS[arguments.command](run)
