"""Which programs of this machine may be seen in a replica, and which are hidden.

In: the names of builder and platform (one text; the first that the facts know counts), the plan's packages. Out: names
below /usr to hide (they become whiteouts), and the packages that nothing here stands in for. On a Debian-like machine
everything outside the base image's packages is hidden; where packages are not known, Pythons and what manages them are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from firstpush.facts import table

_STATUS = Path("/var/lib/dpkg/status")
_LISTS = Path("/var/lib/dpkg/info")
# Without dpkg: what would most likely let a build pass here that fails there.
_FALLBACK = re.compile(
    r"(python|pip|pydoc|idle|2to3|virtualenv|uv|uvx|poetry|pdm|pipenv|conda|docker|podman|node|npm|npx)[\d.]*$"
)
_PYTHON = re.compile(r"(python\d?[\d.]*|pip[\d.]*|pydoc[\d.]*|py3\w+|2to3.*|idle.*|pdb[\d.]*|dh_python.*)$")
_BINARIES = ("bin", "sbin")


def hidden(builder: str, packages: Iterable[str], *, keep_python: bool = False) -> tuple[str, ...]:
    """Names relative to /usr. `packages`: Debian packages besides the builder's base whose programs may be seen."""
    allowed = _allowed(builder, frozenset(packages))
    found: list[str] = []
    for folder in _BINARIES:
        place = Path("/usr") / folder
        if place.is_symlink():
            continue
        for name in sorted(os.listdir(place)):
            path = f"{folder}/{name}"
            if _PYTHON.fullmatch(name):
                if not keep_python:
                    found.append(path)
            elif allowed is None:
                if _FALLBACK.fullmatch(name):
                    found.append(path)
            elif path not in allowed and not _alternative(place / name, allowed):
                found.append(path)
    if not keep_python:
        found += [f"lib/{name}" for name in sorted(os.listdir("/usr/lib")) if re.fullmatch(r"python\d[\d.]*", name)]
    if allowed is not None and not any(name.startswith("bin/gcc") for name in allowed):
        found += [name for name in ("include", "lib/gcc") if os.path.isdir(f"/usr/{name}")]
    return tuple(found)


def stand_ins(names: Iterable[str], *, apt: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Debian packages that stand in for these names, names that nothing here stands in for)."""
    rows = table("rehearsal_bases")
    installed = _installed()
    packages: list[str] = []
    missing: list[str] = []
    for name in names:
        wanted: list[str] = [name] if apt else []
        for row in rows["stand_in"]:
            if not apt and name in row["names"]:
                wanted += [*row.get("packages", ()), *_group_members(row.get("groups", ()))]
        present = [package for package in wanted if package in installed]
        packages += present
        if not present:
            missing.append(name)
    return tuple(packages), tuple(missing)


def base_os(builder: str) -> str:
    """The platform's base system as text, empty when not known."""
    return str(_base(builder)["os"])


def _base(builder: str) -> dict[str, object]:
    rows: list[dict[str, object]] = table("rehearsal_bases")["base"]
    return next((row for row in rows if row["builder"] in builder.split()), rows[-1])


def _group_members(groups: object) -> list[str]:
    found: list[str] = []
    for row in table("rehearsal_bases")["group"]:
        if isinstance(groups, (list, tuple)) and row["name"] in groups:
            found += row["packages"]
            beside = [name for name in _installed() if name.startswith(tuple(row["prefixes"]))]
            found += [name for name in beside if not name.endswith("-base")]  # gcc-12-base holds no compiler
    return found


@cache
def _installed() -> dict[str, str]:
    """Installed Debian packages and their priority; empty on other systems."""
    found: dict[str, str] = {}
    try:
        text = _STATUS.read_text("utf-8", "replace")
    except OSError:
        return found
    for block in text.split("\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in block.splitlines()
            if re.match(r"(Package|Priority|Status|Essential): ", line)
        )
        if fields.get("Status", "").endswith(" installed"):
            essential = fields.get("Essential") == "yes"
            found[fields["Package"]] = "required" if essential else fields.get("Priority", "optional")
    return found


@cache
def _allowed(builder: str, packages: frozenset[str]) -> frozenset[str] | None:
    """Paths relative to /usr of the programs that may be seen; None when packages are not known here."""
    installed = _installed()
    if not installed:
        return None
    base = _base(builder)
    extra = base["packages"]
    assert isinstance(extra, list)
    wanted = {name for name, priority in installed.items() if priority in ("required", "important")}
    wanted |= packages | set(extra) | set(_group_members(base.get("groups", ())))
    wanted |= set(_base("*")["packages"])  # type: ignore[call-overload]
    found: set[str] = set()
    for name in wanted:
        for listing in (_LISTS / f"{name}.list", *_LISTS.glob(f"{name}:*.list")):
            try:
                lines = listing.read_text("utf-8", "replace").splitlines()
            except OSError:
                continue
            found.update(line.removeprefix("/usr").lstrip("/") for line in lines if "bin/" in line)
    return frozenset(found)


def _alternative(path: Path, allowed: frozenset[str]) -> bool:
    """A link of /etc/alternatives (awk, which) to an allowed program."""
    try:
        first = os.readlink(path)
        if not first.startswith("/etc/alternatives/"):
            return False
        return os.readlink(first).removeprefix("/usr").lstrip("/") in allowed
    except OSError:
        return False
