"""Distributions and what they bring: modules to import, console scripts, other distributions.

In: names; out: facts of `facts/import_names.toml`, or None where they say nothing. A distribution that the facts do not
know is assumed to be imported by its own name, and may bring anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from firstpush.facts import table
from firstpush.packages.requirements import canonical

# Modules that left the standard library: name → first version without it. Source: docs.python.org What's New.
_LEFT: Mapping[str, tuple[int, int]] = {
    "distutils": (3, 12),
    "imp": (3, 12),
    "asynchat": (3, 12),
    "asyncore": (3, 12),
    "smtpd": (3, 12),
    **dict.fromkeys(
        [
            *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis"),
            *("nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
        ],
        (3, 13),
    ),
}
# Modules that are younger than the oldest Python met here.
_CAME: Mapping[str, tuple[int, int]] = {
    "tomllib": (3, 11),
    "zoneinfo": (3, 9),
    "graphlib": (3, 9),
    "annotationlib": (3, 14),
}


def _rows() -> Mapping[str, Any]:
    rows: Mapping[str, Any] = table("import_names")["distributions"]
    return rows


def modules_of(distribution: str) -> tuple[str, ...]:
    """Top-level modules that the distribution brings."""
    name = canonical(distribution)
    row = _rows().get(name)
    if row is not None and "modules" in row:
        return tuple(row["modules"])
    guesses = [name]
    if row is None and name.startswith("python-"):
        guesses.append(name.removeprefix("python-"))
    return tuple(guess.replace("-", "_") for guess in guesses)


def known(distribution: str) -> bool:
    """Whether the facts know the distribution."""
    return canonical(distribution) in _rows()


def scripts_of(distribution: str) -> tuple[str, ...] | None:
    """Console scripts, or None when that is not known."""
    row = _rows().get(canonical(distribution))
    return None if row is None else tuple(row.get("scripts", ()))


@cache
def _by_module() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, row in _rows().items():
        if isinstance(row, Mapping):
            for module in row.get("modules", (name.replace("-", "_"),)):
                found.setdefault(module, []).append(name)
    return {module: tuple(names) for module, names in found.items()}


def distributions_for(module: str) -> tuple[str, ...]:
    """Distributions that bring a top-level module, the likeliest first; its own name where nothing is known."""
    top = module.split(".")[0]
    return _by_module().get(top, (canonical(top),))


def script_owner(script: str) -> str | None:
    """The distribution whose console script this is, or None."""
    for name, row in _rows().items():
        if isinstance(row, Mapping) and script in row.get("scripts", ()):
            return name
    return None


def brought_by(distributions: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[frozenset[str], bool]:
    """All distributions that these (name, extras) bring, themselves included; False: there may be more, because one is
    not known. Versions do not count: what any recent version brings is counted."""
    found: set[str] = set()
    complete = True
    pending = [(canonical(name), extras) for name, extras in distributions]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while pending:
        name, extras = pending.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        row = _rows().get(name)
        if row is None or "requires" not in row:
            complete = False
            continue
        pending += [_split(text) for text in row["requires"]]
        for extra in extras:
            more = row.get("extras", {}).get(extra)
            if more is None:
                complete = False
            else:
                pending += [_split(text) for text in more]
    return frozenset(found), complete


def _split(text: str) -> tuple[str, tuple[str, ...]]:
    name, _, extras = text.partition("[")
    return canonical(name), tuple(extra for extra in extras.rstrip("]").split(",") if extra)


def is_standard(module: str, version: tuple[int, int] = (3, 12)) -> bool:
    """Whether the module is in the standard library of that Python."""
    top = module.split(".")[0]
    if top in _LEFT:
        return version < _LEFT[top]
    if top in _CAME:
        return version >= _CAME[top]
    return top in sys.stdlib_module_names or top == "__main__"
