"""What an older release brings that newer ones do not. In: a distribution, the versions asked for. Out: requirements.

Facts: `facts/older_releases.toml`. Without this, an app that works because its pinned framework brought the server
along would be told that the server is missing.
"""

from __future__ import annotations

import re
from functools import cache

from firstpush.facts import table

_CLAUSE = re.compile(r"(==|~=|<=|<)\s*v?(\d+(?:\.\d+)*)(\.\*)?")


def also_brought(name: str, specifier: str) -> tuple[str, ...]:
    """Requirements that the newest release within `specifier` has and the newest of all has not. `name`: canonical."""
    rows = _rows().get(name)
    if rows is None or not specifier:
        return ()
    newest = _newest(specifier)
    if newest is None:
        return ()
    return tuple(one for low, high, requires in rows if low <= newest < high for one in requires)


@cache
def _rows() -> dict[str, list[tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]]]:
    found: dict[str, list[tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]]] = {}
    for row in table("older_releases")["releases"]:
        low, high = _numbers(row.get("from", "0")), _numbers(row["below"])
        found.setdefault(row["name"], []).append((low, high, tuple(row["requires"])))
    return found


def _newest(specifier: str) -> tuple[int, ...] | None:
    """About the newest release that the clauses admit: compares with bounds as that release does. None: no bound."""
    bounds: list[tuple[int, ...]] = []
    for operator, version, any_below in _CLAUSE.findall(specifier):
        numbers = _numbers(version)
        if operator == "~=":
            numbers = (*numbers[:-1], 1_000_000)
        elif any_below:
            numbers = (*numbers, 1_000_000)
        elif operator == "<":
            numbers = _just_below(numbers)
        bounds.append(numbers)
    return min(bounds) if bounds else None


def _just_below(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """A version that is smaller than this one and greater than all others that are."""
    shortened = numbers
    while shortened and shortened[-1] == 0:
        shortened = shortened[:-1]
    return (*shortened[:-1], shortened[-1] - 1, 1_000_000) if shortened else (0,)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
