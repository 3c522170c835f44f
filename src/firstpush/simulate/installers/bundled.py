"""Which pip ensurepip brings for a Python. In: vendor, version; out: versions from the facts."""

from __future__ import annotations

from functools import cache

from firstpush.facts import table
from firstpush.model.value import dataclass
from firstpush.simulate.installers.versions import number


@dataclass(frozen=True, slots=True)
class Bundled:
    """`setuptools` None: it brings none (3.12 and newer)."""

    pip: str
    setuptools: str | None


@cache
def bundled(vendor: str, version: str) -> Bundled:
    """The versions of the newest row of the same minor release that is not newer; Debian's rows first."""
    rows = table("installers")["ensurepip"]
    mine = number(version)
    for wanted in (vendor, ""):
        fitting = [
            row
            for row in rows
            if row.get("vendor", "") == wanted
            and number(row["python"])[:2] == mine[:2]
            and number(row["python"]) <= mine
        ]
        if fitting:
            best = max(fitting, key=lambda row: number(row["python"]))
            return Bundled(best["pip"], best["setuptools"] or None)
    newest = max((row for row in rows if not row.get("vendor")), key=lambda row: number(row["python"]))
    return Bundled(newest["pip"], newest["setuptools"] or None)
