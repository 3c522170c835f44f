"""Can this requirement be installed on this Python at all? For binary distributions that cannot be built from source.

In: a distribution's name, its specifier, a Python version; out: `Absence` where it is certain that the public index has
nothing that fits, else None. What a release after the day of the facts may bring is never denied.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from firstpush import facts
from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Absence:
    """Nothing fits. `newest_for_python`: newest release that this Python can install, None if there is none;
    `pythons`: CPython 3 minors that can install what the specifier admits; `ended`: why no release will follow;
    `build`: how building it from source ends, where there is a source."""

    name: str
    newest_for_python: str | None
    pythons: tuple[int, ...]
    ended: str
    source: str
    build: str = ""


@cache
def _rows() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in facts.table("distributions")["distribution"]}


def absence(name: str, specifier: str, python: str) -> Absence | None:
    """See the module's docstring. `name` canonical; `python` as `3.12` or `3.12.7`."""
    row = _rows().get(name)
    if row is None or not python.startswith("3."):
        return None
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import Version

    minor = int(python.split(".")[1])
    try:
        wanted = SpecifierSet(specifier)
    except InvalidSpecifier:
        return None
    versions: dict[str, list[int]] = row["versions"]
    admitted = [version for version in versions if wanted.contains(version)]
    if any(minor in versions[version] for version in admitted):
        return None
    newest = Version(next(reversed(versions)))
    later = f"{newest.major + 1000}"
    if not row.get("ended") and (wanted.contains(later) or not admitted):
        return None
    return Absence(
        name,
        next((version for version in reversed(versions) if minor in versions[version]), None),
        tuple(sorted({served for version in admitted for served in versions[version]})),
        row.get("ended", ""),
        row["source"],
        row.get("build", ""),
    )


def ended(name: str) -> str:
    """Why no release of a distribution will follow (`renamed to rdkit; …`), or nothing."""
    row = _rows().get(name)
    return "" if row is None else str(row.get("ended", ""))


@dataclass(frozen=True, slots=True)
class Clash:
    """Two distributions that install but do not work together: `name` needs `beside` to satisfy `needs`."""

    name: str
    beside: str
    needs: str
    why: str
    source: str


@cache
def clashes() -> tuple[Clash, ...]:
    """All known clashes."""
    return tuple(
        Clash(row["name"], row["beside"], row["needs"], row["why"], row["source"])
        for row in facts.table("distributions")["clash"]
    )
