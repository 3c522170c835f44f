"""What Vercel's builder did on a given day. In: a date or a version; out: an `Era`. Rows: `facts/vercel.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from firstpush import facts
from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What changed on a day. `fields`: the fields of `Era` that it changed."""

    date: str
    sentence: str
    source: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Era:
    """Behaviour of one stretch of time (the meaning of the fields is told in the facts file).

    `changes`: what has changed since that day, oldest first."""

    since: str
    python: str
    commands: str
    build: str
    order: str
    image: str
    default: str
    static: str
    api_filter: bool
    max_duration: int
    entrypoint_fatal: bool
    rewrites_change_path: bool
    change: str
    source: str
    asked: str | None
    changes: tuple[Change, ...]

    @property
    def is_past(self) -> bool:
        """Whether another day than today was asked for."""
        return self.asked is not None

    @property
    def managed(self) -> bool:
        """Whether the image's own Python refuses pip."""
        return self.image == "managed"


@cache
def era(as_of: str | None = None, version: str | None = None) -> Era:
    """The behaviour on the date `as_of` (YYYY-MM-DD, None: now), or of a `version` of the command line or of
    @vercel/python, which wins for all but the image. An unknown version is taken as the newest that is not above it."""
    table = facts.table("vercel")
    asked = as_of
    if version is not None:
        asked = _date_of(version, table) or as_of
    merged: dict[str, Any] = {}
    later: list[Change] = []
    for row in table["history"]:
        if asked is None or row["since"] <= asked or not merged:
            merged |= row
        else:
            fields = frozenset(row) - {"since", "python", "change", "source", "checked"}
            later.append(Change(row["since"], row["change"], row["source"], fields))
    if version is not None:
        # The image is not versioned with the command line: an old builder runs on the image of the day.
        images = [
            row["image"] for row in table["history"] if "image" in row and (as_of is None or row["since"] <= as_of)
        ]
        merged["image"] = images[-1]
        merged["python"] = next((row["python"] for row in table["cli"] if row["version"] == version), merged["python"])
    known = {name: merged[name] for name in Era.__slots__ if name in merged}
    return Era(**known, asked=asked, changes=tuple(later))


def _date_of(version: str, table: dict[str, Any]) -> str | None:
    """The date of the newest row (of the command line or of @vercel/python) that is not above `version`; None: now."""
    wanted = _key(version)
    rows = [(row["version"], row["date"]) for row in table["cli"]]
    if wanted < (28,):  # the command line had passed version 28 before the Python builder had a history to tell
        rows = [(row["python"], row["since"]) for row in table["history"]]
    dates = [date for known, date in rows if _key(known) <= wanted]
    return dates[-1] if dates and wanted < _key(rows[-1][0]) else None


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
