"""An interactive shell inside the sandbox: the user's terminal is passed through to a terminal of its own.

The sandbox never gets the user's terminal itself, so nothing in it can push input into it.
"""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import sys
import termios
import tty
from typing import TYPE_CHECKING, Any

from firstpush.cli.output import note

if TYPE_CHECKING:
    from firstpush.rehearsal.shell import ShellPlace


def open_shell(place: ShellPlace) -> None:
    """Until the shell ends. Without a terminal on standard input, commands are read from it."""
    note(f"A shell in the replica, {place.why}. `exit` ends it and everything in it.")
    master, slave = pty.openpty()
    with contextlib.suppress(OSError, termios.error):
        termios.tcsetwinsize(slave, termios.tcgetwinsize(sys.stdout.fileno()))
    ended = place.start(slave)
    os.close(slave)
    is_tty = sys.stdin.isatty()
    old: list[Any] | None = termios.tcgetattr(sys.stdin.fileno()) if is_tty else None
    resize = signal.getsignal(signal.SIGWINCH)
    try:
        if is_tty:
            tty.setraw(sys.stdin.fileno())

            def resized(_number: int, _frame: object) -> None:
                with contextlib.suppress(OSError, termios.error):
                    termios.tcsetwinsize(master, termios.tcgetwinsize(sys.stdout.fileno()))

            signal.signal(signal.SIGWINCH, resized)
        _pass_on(master, ended)
    finally:
        if old is not None:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, old)
            signal.signal(signal.SIGWINCH, resize)
        os.close(master)


def _pass_on(master: int, ended: Any) -> None:
    inputs = [master, sys.stdin.fileno()]
    while True:
        ready = select.select(inputs, [], [], 0.2)[0]
        if master in ready:
            try:
                data = os.read(master, 1 << 16)
            except OSError:
                return
            if not data:
                return
            os.write(sys.stdout.fileno(), data)
        elif ended():
            return
        if sys.stdin.fileno() in ready:
            data = os.read(sys.stdin.fileno(), 1 << 16)
            if not data:
                inputs.remove(sys.stdin.fileno())
                os.write(master, b"\x04")
            else:
                os.write(master, data)
