"""One line on a terminal that says how far a long command is: texts go in; at the end the line is erased.

Nothing is shown where standard error is no terminal, and nothing by a command that is done at once.
"""

from __future__ import annotations

import os
import sys
from types import TracebackType

from firstpush.cli.output import is_terminal, width_of

AFTER = 0.3  # seconds: sooner it would only flicker
EVERY = 0.1  # seconds between two texts


class Live:
    """`with Live("planning") as live: … live("12 of 300 deployments")`. `quiet`: never show anything."""

    def __init__(self, text: str = "", *, quiet: bool = False) -> None:
        self.text = text
        self.on = not quiet and is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self.shown = False
        self._ended = False
        self._drawn = 0.0

    def __enter__(self) -> Live:
        if self.on:
            import threading
            import time

            self._clock = time.monotonic
            self._lock = threading.Lock()
            self._drawn = self._clock() + AFTER - EVERY
            self._timer = threading.Timer(AFTER, self._draw)  # also when the first step is the long one
            self._timer.daemon = True
            self._timer.start()
        return self

    def __call__(self, text: str) -> None:
        self.text = text
        if self.on and self._clock() - self._drawn >= EVERY:
            self._draw()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self.on:
            return
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self.shown:
                _put("\r\x1b[K")

    def _draw(self) -> None:
        with self._lock:
            if self._ended or not self.text:
                return
            self._drawn = self._clock()
            self.shown = True
            _put(f"\r\x1b[K{self.text[: width_of(sys.stderr, True, os.environ) - 1]}")


def _put(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):  # a terminal that went away takes no progress, and the command goes on
        pass
