"""What ends a run, said to a person: fatal errors in four parts, internal errors as a note to paste. No traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from firstpush.cli.output import Terminal
from firstpush.errors import FirstpushError

ISSUES = "https://github.com/firstpush/firstpush/issues/new"
MAX_FRAMES = 12
_SECRET_OPTIONS = ("--env",)


def show_error(error: FirstpushError) -> int:
    """Print a fatal error's four parts on standard error. Returns its exit code."""
    if error.exit_code == 4:
        return show_internal_error(error, sys.argv[1:])
    terminal = Terminal.of(sys.stderr)
    head, *rest = error.lines()
    terminal.write(f"{terminal.paint('error:', 'error')} {terminal.paint(head, 'bold')}\n")
    for part in rest:
        for line in part.splitlines():
            terminal.write(f"  {line}\n")
    return error.exit_code


def show_internal_error(error: BaseException, argv: Sequence[str]) -> int:
    """Print a note about a defect of firstpush that can be pasted into a report; secrets are left out."""
    if os.environ.get("FIRSTPUSH_DEBUG"):
        import traceback

        traceback.print_exception(error)
    terminal = Terminal.of(sys.stderr)
    terminal.write(f"{terminal.paint('internal error:', 'error')} this is a defect of firstpush, not of your project\n")
    terminal.write("  Nothing was changed. What was found until here is incomplete, so nothing is reported.\n")
    terminal.write(f"  Please paste the lines below into {ISSUES}\n\n")
    for line in note(error, argv):
        terminal.write(f"    {line}\n")
    return 4


def note(error: BaseException, argv: Sequence[str]) -> list[str]:
    """The lines to paste: versions, the command without values of variables, the error, where it happened."""
    import platform

    from firstpush._version import __version__

    arguments, secrets = without_secrets(argv)
    message = f"{type(error).__name__}: {error}"
    for secret in secrets:
        message = message.replace(secret, "…")
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    lines = [f"firstpush {__version__}, {system}", f"command: firstpush {' '.join(arguments)}".rstrip()]
    lines += _without_home(message).splitlines()[:6]
    return lines + [f"  {frame}" for frame in frames(error)]


def without_secrets(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments with the values of `--env NAME=VALUE` removed, and those values."""
    shown: list[str] = []
    secrets: list[str] = []
    after_env = False
    for argument in argv:
        prefix, text = "", argument
        for option in _SECRET_OPTIONS:
            if argument.startswith(option + "="):
                prefix, text, after_env = option + "=", argument[len(option) + 1 :], True
        if after_env and "=" in text:
            name, value = text.split("=", 1)
            secrets.append(value) if value else None
            text = f"{name}=…"
        after_env = argument in _SECRET_OPTIONS
        shown.append(_without_home(prefix + text))
    return shown, secrets


def frames(error: BaseException) -> list[str]:
    """Where it happened, innermost last, `file:line in function`, paths cut to the package's or library's own."""
    package = str(Path(__file__).resolve().parents[2]) + os.sep
    found: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        path = os.path.abspath(code.co_filename)
        if path.startswith(package):
            path = path[len(package) :]
        elif "site-packages" in path:
            path = path.split("site-packages" + os.sep, 1)[-1]
        else:
            path = os.path.basename(path)
        found.append(f"{path}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    if len(found) > MAX_FRAMES:
        half = MAX_FRAMES // 2
        found = [*found[:half], f"… {len(found) - MAX_FRAMES} more …", *found[-half:]]
    return found


def _without_home(text: str) -> str:
    home = os.path.expanduser("~")
    return text.replace(home, "~") if len(home) > 1 else text
