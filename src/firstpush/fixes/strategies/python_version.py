"""A Python that the builder does not have, or that the project or a requirement does not take: ask for a right one.

Where the app runs as it is, the version that runs is written down (nothing changes); else the nearest that fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.facts import table
from firstpush.fixes.compare import python_version
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit, FileChange
from firstpush.model.text import Span
from firstpush.packages.availability import absence
from firstpush.packages.requirements import read

NAME = "python-version"
INSTALL = False
NAMES = frozenset({"python", "packages"})
CAUSES = (
    Cause.PYTHON_VERSION,
    Cause.PYTHON_VERSION_INVALID,
    Cause.PYTHON_VERSION_NOT_HONOURED,
    Cause.NO_MATCHING_DISTRIBUTION,
)
_VERSION = re.compile(rb"\d+\.\d+(?:\.\d+)?")


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(*CAUSES):
        return
    for version in _choices(situation):
        for name in (".python-version", "runtime.txt"):
            path = situation.path(name)
            source = situation.tree.source(path) if situation.tree.exists(path) else None
            if source is None:
                continue
            match = _VERSION.search(source.data)
            if match is not None and match.group().decode() != version:
                edit = Edit(Span(path, *match.span()), version)
                yield Proposal(NAME, f"ask for Python {version} in {path}", (edit,), names=NAMES)
            break
        else:
            path = situation.path(".python-version")
            files = (FileChange(path, version + "\n"),)
            yield Proposal(NAME, f"ask for Python {version} in {path}", files=files, names=NAMES)


def _choices(situation: Situation) -> list[str]:
    """Versions that Nixpacks has: the one that runs now, then those that may be what is needed, newest first."""
    known = [version for version in table("nixpacks")["python"]["versions"] if version.startswith("3.")]
    running = python_version(situation.prediction.plan)
    needed = _needed(situation, running)
    first = [running] if running in known and not situation.broken else []
    return [*first, *(version for version in known if version not in first and (not needed or version in needed))]


def _needed(situation: Situation, running: str | None) -> set[str]:
    """What the requirements that have no wheel for the Python of today have wheels for."""
    path = situation.path("requirements.txt")
    if running is None or not situation.tree.exists(path):
        return set()
    needed: set[str] = set()
    for item in read(situation.tree, path).requirements:
        gone = absence(item.name, item.specifier, running) if item.name is not None else None
        if gone is not None and gone.pythons:
            served = {f"3.{minor}" for minor in gone.pythons}
            needed = needed & served if needed else served
    return needed
