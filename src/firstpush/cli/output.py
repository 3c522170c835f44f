"""Where output goes: what a stream can show (colour, width, characters, links) and writing to it.

Results go to standard output, everything else to standard error. Nothing but colour, width, links and progress depends
on whether a stream is a terminal: a format is never switched silently.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from firstpush.model.value import dataclass
from firstpush.report.style import PAINT, Style

NARROWEST = 40
WIDEST = 160
PIPED_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Terminal:
    """A stream and what it can show. `width`: in columns; `links`: OSC 8 hyperlinks are understood."""

    stream: TextIO
    color: bool
    unicode: bool
    width: int
    links: bool

    @classmethod
    def of(cls, stream: TextIO, color: str = "auto", env: Mapping[str, str] | None = None) -> Terminal:
        """What `stream` can show. `color`: auto, always or never (the option `--color`)."""
        env = os.environ if env is None else env
        tty = is_terminal(stream)
        colored = wants_color(color, tty, env)
        return cls(stream, colored, takes_unicode(stream), width_of(stream, tty, env), tty and colored)

    def paint(self, text: str, role: str) -> str:
        """`text` in the colour of a role (error, warning, bold, …), or as it is."""
        return f"{PAINT[role]}{text}{PAINT['reset']}" if self.color else text

    def style(self) -> Style:
        """The same, for renderers."""
        return Style(color=self.color, unicode=self.unicode, width=self.width, links=self.links)

    def write(self, text: str) -> None:
        """Write; what the encoding lacks becomes an escape; a reader that went away is no error."""
        write(self.stream, text)


def wants_color(choice: str, tty: bool, env: Mapping[str, str]) -> bool:
    """`--color` wins; then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb, then whether it is a terminal.

    Sources: no-color.org, force-color.org, bixense.com/clicolors.
    """
    if choice != "auto":
        return choice == "always"
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR", "") not in ("", "0") or env.get("CLICOLOR_FORCE", "") not in ("", "0"):
        return True
    if env.get("CLICOLOR") == "0" or env.get("FORCE_COLOR") == "0" or env.get("TERM") == "dumb":
        return False
    if sys.platform == "win32" and not (env.get("WT_SESSION") or env.get("ANSICON") or env.get("TERM")):
        return False
    return tty


def is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def takes_unicode(stream: TextIO) -> bool:
    """Whether the box characters and marks can be written in the stream's encoding."""
    encoding = getattr(stream, "encoding", None) or "ascii"
    try:
        "│╰─▶━✓✗…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def width_of(stream: TextIO, tty: bool, env: Mapping[str, str]) -> int:
    """Columns to fill: COLUMNS, the terminal's width, or 100 for a pipe (whose lines then depend on nothing)."""
    given = env.get("COLUMNS", "")
    width = PIPED_WIDTH
    if given.isdigit() and int(given) > 0:
        width = int(given)
    elif tty:
        try:
            width = os.get_terminal_size(stream.fileno()).columns or PIPED_WIDTH
        except (OSError, ValueError):
            width = PIPED_WIDTH
    return max(NARROWEST, min(width, WIDEST))


def write(stream: TextIO, text: str) -> None:
    """Write to a stream, whatever its encoding; ignore a closed pipe (`firstpush check | head`)."""
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except BrokenPipeError:
        if stream is sys.stdout:
            abandon_stdout()


def result(text: str) -> None:
    """Write a result (JSON, a report) to standard output."""
    write(sys.stdout, text if text.endswith("\n") or not text else text + "\n")


def note(text: str) -> None:
    """Write a remark to standard error."""
    write(sys.stderr, text if text.endswith("\n") else text + "\n")


def abandon_stdout() -> None:
    """Send what is still to be written nowhere, so that the interpreter's own flush at exit is quiet."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass
