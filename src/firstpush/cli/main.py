"""The dispatcher: arguments in, exit code out. Nothing is imported before it is known to be needed.

`COMMANDS` maps a command to its module (`add_arguments(parser)`, `run(args) -> int`, and the texts `SUMMARY`,
`DESCRIPTION`, `EXAMPLES`, each optional) and the line of `--help`, so that `--help` imports no command.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from firstpush.errors import FirstpushError, UsageError

if TYPE_CHECKING:
    import argparse

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("firstpush.cli.check", "predict each deployment and name every defect at file:line:column"),
    "fix": ("firstpush.cli.fix", "show the repair as a diff; --write applies it"),
    "plan": ("firstpush.cli.plan", "show the commands that the platform will run, and where each comes from"),
    "rehearse": ("firstpush.cli.rehearse", "run that plan for real in a sandbox: build, start, health check"),
    "diagnose": ("firstpush.cli.diagnose", "name the cause in a failed build or start log"),
    "explain": ("firstpush.cli.explain", "print a rule's page, or list the rules"),
    "doctor": ("firstpush.cli.doctor", "say what this machine's Python is and what `rehearse` can do here"),
    "init": ("firstpush.cli.init", "write a configuration that deploys"),
}
PLUMBING: dict[str, tuple[str, str]] = {
    "simulate": ("firstpush.cli.simulate", "predict one command on a described machine"),
    "completions": ("firstpush.cli.completions", "print a completion script for bash, zsh or fish"),
}

UNWRITABLE = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EDQUOT)
EXIT_CODES = """\
Exit codes:
  0    nothing found
  1    findings at or above --fail-on (default: error)
  2    wrong usage or configuration
  3    nothing to check
  4    internal error
  5    the rehearsal failed
  6    cannot rehearse on this machine
  130  interrupted
"""

EXAMPLES = """\
Examples:
  firstpush check                    what will go wrong with the deployment of this folder
  firstpush check --format sarif .   the same for code scanning
  firstpush fix                      the repair as a diff
  firstpush fix --write              apply it
  firstpush rehearse                 build, start and probe it here, without Docker
  firstpush diagnose build.log       why did this build fail
  firstpush explain FP101            what a finding means
"""


def main(argv: Sequence[str]) -> int:
    """Run one command. Every way out ends in an exit code; no exception leaves this function."""
    _open_missing_streams()
    try:
        code = dispatch(argv)
    except FirstpushError as error:
        from firstpush.cli.failure import show_error

        code = show_error(error)
    except KeyboardInterrupt:
        sys.stderr.write("\nfirstpush: interrupted\n")
        code = 130
    except SystemExit as stop:  # argparse
        code = stop.code if isinstance(stop.code, int) else 2
    except BrokenPipeError:
        from firstpush.cli.output import abandon_stdout

        abandon_stdout()
        code = 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno in UNWRITABLE and error.filename is None:
            return _not_written(error)
        from firstpush.cli.failure import show_internal_error

        code = show_internal_error(error, argv)
    return _flushed(code)


def _open_missing_streams() -> None:
    """Put nothing behind standard streams that the caller has closed (`>&-`): Python then has None for them."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
        sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _flushed(code: int) -> int:
    """Write out what is buffered while a closed pipe can still be handled."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        from firstpush.cli.output import abandon_stdout

        abandon_stdout()
    except OSError as error:
        return _not_written(error)
    return code


def _not_written(error: OSError) -> int:
    from firstpush.cli.output import abandon_stdout

    abandon_stdout()
    sys.stderr.write(f"firstpush: the output could not be written: {error.strerror or error}\n")
    return 2


def dispatch(argv: Sequence[str]) -> int:
    """The command that `argv` names, run. Raises FirstpushError for what cannot be taken."""
    if not argv or argv[0] in ("-h", "--help"):
        sys.stdout.write(usage())
        return 0
    name = argv[0]
    if name in ("-V", "--version"):
        sys.stdout.write(version_line())
        return 0
    if name == "help":
        return dispatch([*argv[1:2], "--help"])
    entry = COMMANDS.get(name) or PLUMBING.get(name)
    if entry is None:
        raise unknown_command(name)
    return run_command(name, entry[0], argv[1:])


def run_command(name: str, module_name: str, argv: Sequence[str]) -> int:
    """Import the command's module, parse its arguments, run it."""
    from importlib import import_module

    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        raise UsageError(
            f"`firstpush {name}` is not in this version ({version()})",
            next_step="Run `firstpush --help` for what is.",
        ) from None
    parser = make_parser(name, module)
    args = parser.parse_args(argv)
    code = module.run(args)
    return int(code or 0)


def make_parser(name: str, module: object) -> argparse.ArgumentParser:
    """The parser of one command; its texts are constants of its module, all optional."""
    import argparse

    table = COMMANDS.get(name) or PLUMBING[name]
    summary: str = getattr(module, "SUMMARY", table[1])
    description: str = getattr(module, "DESCRIPTION", "") or getattr(module, "HELP", "") or summary
    examples: str = getattr(module, "EXAMPLES", "")
    epilog: str = getattr(module, "EPILOG", "")
    if examples and not examples.lower().lstrip().startswith("examples"):
        examples = "Examples:\n" + examples
    parser = argparse.ArgumentParser(
        prog=f"firstpush {name}",
        description=description.strip(),
        epilog="\n\n".join(part.strip("\n") for part in (examples, epilog) if part.strip()) or None,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=terminal_width() - 2),
        allow_abbrev=False,
    )
    module.add_arguments(parser)  # type: ignore[attr-defined]
    if "--version" not in parser._option_string_actions:
        parser.add_argument("--version", action="version", version=version_line().strip())
    return parser


def terminal_width() -> int:
    """Columns to write help in. (argparse would import shutil, and with it the compression modules, to find out.)"""
    import os

    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


def unknown_command(name: str) -> UsageError:
    """An error that says what the user may have meant: a near command, or `check` for a folder."""
    import difflib
    import os

    names = [*COMMANDS, *PLUMBING]
    if name.startswith("-"):
        return UsageError(
            f"no option {name} before a command", next_step=f"Options stand after the command: firstpush check {name} …"
        )
    if os.path.isdir(name):
        return UsageError(f"{name!r} is a folder, not a command", next_step=f"Did you mean: firstpush check {name}")
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean: firstpush {near[0]}" if near else "Run `firstpush --help` for the commands."
    return UsageError(f"{name!r} is not a command", next_step=hint)


def version() -> str:
    from firstpush._version import __version__

    return __version__


def version_line() -> str:
    major, minor, micro = sys.version_info[:3]
    return f"firstpush {version()} (Python {major}.{minor}.{micro})\n"


def usage() -> str:
    """The text of `firstpush --help`."""
    width = max(map(len, (*COMMANDS, *PLUMBING)))
    lines = ["Makes a Python app deploy on the first push.", "", "Usage: firstpush COMMAND [OPTIONS] [PATH]", ""]
    for title, table in (("Commands:", COMMANDS), ("Plumbing:", PLUMBING)):
        lines.append(title)
        lines += [f"  {name:<{width}}  {summary}" for name, (_, summary) in table.items()]
        lines.append("")
    lines += ["Options:", "  -h, --help     this text; `firstpush COMMAND --help` for a command's"]
    lines += ["  -V, --version  the version", "", EXAMPLES, EXIT_CODES]
    lines += [
        "Colour: --color auto|always|never on every command; NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are obeyed."
    ]
    return "\n".join(lines) + "\n"
