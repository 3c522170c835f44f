"""A log as lines: text or bytes in, a `Log` out. Colours, timestamps and the prefixes of log viewers are taken off.

Only the lines that are asked for are cleaned: a log of ten megabytes is mostly boring.
"""

from __future__ import annotations

import json
import re
from functools import cached_property

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[@-Z\\-_])")
MARKER = "EXTERNALLY-MANAGED"
_DAY = r"\d{4}-(?:\d\d|[A-Z][a-z]{2})-\d\d"
_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)?"
# What viewers and platforms put before a line, each at most once, in any order.
PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\ufeff",
        rf"\[?{_DAY}[T ]{_CLOCK}(?:Z|[+-]\d\d:?\d\d| UTC)?\]?:?(?:\s+\|)?[ \t]{{0,2}}",
        rf"\[?{_CLOCK}(?: ?[AP]M)?\]?(?:\s*(?:\||:))?[ \t]{{1,2}}",
        rf"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ +{_CLOCK}(?: [AP]M)?[ \t]+",
        r"(?:app|heroku)\[[\w.-]+\]: ",
        r"remote: {0,4}",
        r"\[(?:inf|err|info|error|warn|warning|debug|build|deploy|stdout|stderr)\][ \t]+",
        r"(?:stdout|stderr) [FP] ",
        r"#\d+ \d+\.\d+ ",
        r"\d+\.\d+ (?=\S)",
        r"[\w.-]+(?:-\d+)? +\| ",
        r"\[[\w.-]+\] (?=\d{4}-)",
        r" ! {2,5}",
        r"\w[\w.-]*\[\d+\]: ",
        r"│ ",
        r"> (?=error: |ERROR: |× |╰─> )",
    )
)


class Log:
    """The lines of a log, numbered from 1 as an editor numbers them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._cleaned: dict[int, str] = {}

    @cached_property
    def raw(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    @property
    def count(self) -> int:
        """How many lines there are; an empty last one is none."""
        return len(self.raw) - (not self.raw[-1])

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a character."""
        from bisect import bisect_right

        return bisect_right(self._starts, offset)

    def line(self, number: int) -> str:
        """A line without colours, timestamps and prefixes; empty when there is no such line."""
        if not 1 <= number <= len(self.raw):
            return ""
        found = self._cleaned.get(number)
        if found is None:
            found = self._cleaned[number] = clean(self.raw[number - 1])
        return found

    def find_lines(self, needle: str, limit: int = 5000) -> list[int]:
        """The numbers of the lines that hold a text."""
        found: list[int] = []
        find = self.text.find
        at = find(needle)
        while at >= 0 and len(found) < limit:
            number = self.line_at(at)
            found.append(number)
            if number >= len(self._starts):
                break
            at = find(needle, self._starts[number])
        return found


def clean(line: str) -> str:
    """One line as the program printed it."""
    line = line.rstrip("\r")
    if "\r" in line:  # a progress bar: what was last written stands
        line = line.rsplit("\r", 1)[-1]
    if "\x1b" in line:
        line = ANSI.sub("", line)
    if line.startswith("{") and line.endswith("}"):
        line = _message_of(line)
    used: set[int] = set()
    going = True
    while going:
        going = False
        for index, prefix in enumerate(PREFIXES):
            if index in used:
                continue
            match = prefix.match(line)
            if match is not None and match.end() > 0:
                line = line[match.end() :]
                used.add(index)
                going = True
                break
    return line.rstrip()


def _message_of(line: str) -> str:
    """The message of a structured log line (Railway, Google, Docker), or the line."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line
    for key in ("message", "msg", "log", "text", "textPayload"):
        text = value.get(key) if isinstance(value, dict) else None
        if isinstance(text, str):
            return ANSI.sub("", text).strip("\n").replace("\n", " ")
    return line


def decode(data: bytes) -> str:
    """The text of a log file: UTF-8, UTF-16 where PowerShell wrote it, never an error."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[:200].count(b"\0") > 20:
        return data.decode("utf-16-le", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
