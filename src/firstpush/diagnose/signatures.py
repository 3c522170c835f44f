"""Which lines say something: a `Log` in, `Match` values out. The table is `facts/log_signatures.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from firstpush.diagnose.log import Log
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty
from firstpush.model.value import dataclass

MAX_MATCHES = 400
BELOW, ABOVE = 14, 3
MAX_LINE = 4000


@dataclass(frozen=True, slots=True)
class Signature:
    """A row of the table. Expressions are compiled when they are first needed (`re` remembers them)."""

    id: str
    cause: Cause
    needle: str
    pattern: str
    message: str
    certainty: Certainty
    weight: int
    near: str | None
    unless: str | None
    phase: str | None
    platform: str | None
    builder: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A line that a signature knows. `what`: the thing that it is about; `lines`: the line and its evidence."""

    signature: Signature
    number: int
    text: str
    what: str
    lines: tuple[int, ...]


@cache
def signatures() -> tuple[Signature, ...]:
    """The table."""
    return tuple(_signature(row) for row in table("log_signatures")["signature"])


def _signature(row: dict[str, Any]) -> Signature:
    return Signature(
        row["id"],
        Cause(row["cause"]),
        row["needle"],
        row["pattern"],
        row["message"],
        Certainty(row.get("certainty", "certain")),
        row.get("weight", 50),
        row.get("near"),
        row.get("unless"),
        row.get("phase"),
        row.get("platform"),
        row.get("builder"),
    )


def matches(log: Log) -> list[Match]:
    """Every line that a signature knows, in the order of the log; of several on a line the weightiest."""
    candidates: dict[int, list[Signature]] = {}
    for needle, rows in _by_needle().items():
        for number in log.find_lines(needle):
            candidates.setdefault(number, []).extend(rows)
    found = []
    for number in sorted(candidates):
        match = _best(log, number, candidates[number])
        if match is not None:
            found.append(match)
            if len(found) >= MAX_MATCHES:
                break
    return found


@cache
def _by_needle() -> dict[str, tuple[Signature, ...]]:
    rows: dict[str, list[Signature]] = {}
    for signature in signatures():
        rows.setdefault(signature.needle, []).append(signature)
    return {needle: tuple(found) for needle, found in rows.items()}


def _best(log: Log, number: int, rows: list[Signature]) -> Match | None:
    text = log.line(number)[:MAX_LINE]
    if quoted_by_the_user(text):
        return None
    for signature in sorted(rows, key=lambda row: -row.weight):
        if signature.needle not in text:
            continue
        match = re.search(signature.pattern, text)
        if match is None or (signature.unless is not None and re.search(signature.unless, text)):
            continue
        lines = (number, *_evidence(log, number, signature.near))
        return Match(signature, number, text, _what(match), lines)
    return None


ECHOED = re.compile(
    r"""^\s*(?:\+\s|\$\s|>\s*\[|\#\s|//|echo\b|print\(|RUN\b|\#\d+\s+\[[^\]]*\]\s+(?:RUN|COPY)|=>\s|Running\ |"""
    r"""\#\#\[group\]Run|Step\ \d+/\d+\ :)""",
    re.VERBOSE,
)


def quoted_by_the_user(text: str) -> bool:
    """Lines that show what will be run, not what it printed (`RUN echo "error: …"`)."""
    return ECHOED.match(text) is not None and "did not complete successfully" not in text


def _what(match: re.Match[str]) -> str:
    groups = match.groupdict()
    for name in ("what", "file", "path", "word", "name"):
        if groups.get(name):
            return str(groups[name]).strip()
    return ""


def _evidence(log: Log, number: int, near: str | None) -> Iterator[int]:
    """Lines around that belong to the same message."""
    if near is None:
        return
    for other in (*range(number + 1, number + BELOW + 1), *range(max(1, number - ABOVE), number)):
        text = log.line(other)
        if text and re.search(near, text):
            yield other
