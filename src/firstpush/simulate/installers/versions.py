"""Version numbers as programs print them (`23.0.1+dfsg-1`, `0.13.8`) to tuples that compare. In: text; out: tuple."""

from __future__ import annotations

import re
from functools import cache


@cache
def number(version: str) -> tuple[int, ...]:
    """The release numbers without trailing zeros: `23.0` and `23` are equal; what follows `+`, `-` or a letter is
    left out (Debian's `+dfsg-1`). An unreadable version is the empty tuple (older than all)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version)
    parts = [int(part) for part in match[1].split(".")] if match else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def at_least(version: str, least: str) -> bool:
    """Whether `version` is `least` or newer."""
    return number(version) >= number(least)


def between(version: str, since: str, until: str) -> bool:
    """`since` inclusive, `until` exclusive; an empty bound does not bind."""
    return (not since or at_least(version, since)) and (not until or not at_least(version, until))


@cache
def behaves(tool: str, rule: str, version: str) -> bool:
    """Whether this version behaves as the row `rule` of facts/installers.toml says. KeyError for an unknown rule."""
    from firstpush.facts import table

    rows = [row for row in table("installers")["behaviour"] if (row["tool"], row["id"]) == (tool, rule)]
    if not rows:
        raise KeyError(f"{tool} {rule}")
    return any(between(version, row.get("since", ""), row.get("until", "")) for row in rows)
