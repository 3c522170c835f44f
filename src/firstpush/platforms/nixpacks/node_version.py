"""Which Node Nixpacks takes. In: what is asked for (a range of package.json, .nvmrc, …); out: the nix package.

Source: railwayapp/nixpacks src/providers/node/mod.rs. Only whether a range meets `22.x.x`, `20.x.x`, … matters, so a
range is read as intervals of (major, minor, patch).
"""

from __future__ import annotations

import re

from firstpush.facts import table

Version = tuple[int, int, int]
Interval = tuple[Version, Version]  # from (included) to (excluded)

_END: Version = (10**9, 0, 0)
_PART = re.compile(
    r"(?P<sign>\^|~>?|>=|<=|>|<|=)?\s*v?(?P<a>\d+|[xX*])(?:\.(?P<b>\d+|[xX*]))?(?:\.(?P<c>\d+|[xX*]))?(?:[-+][\w.+-]*)?"
)


def package(wanted: str | None) -> str:
    """The nix package for the request; the default for none, for `*` and for what cannot be read."""
    facts = table("nixpacks")["node"]
    default = f"nodejs_{facts['default_version']}"
    if wanted is None or wanted == "*":
        return default
    intervals = _intervals(wanted)
    if intervals is None:
        intervals = [((facts["default_version"], 0, 0), (facts["default_version"] + 1, 0, 0))]
    for major in sorted((number for number in facts["versions"] if number % 2 == 0), reverse=True):
        if any(low < (major + 1, 0, 0) and high > (major, 0, 0) for low, high in intervals):
            return f"nodejs_{major}"
    return default


def from_nvmrc(text: str) -> str:
    """A version, or the number of a long-term release's name."""
    name = text.strip()
    number = table("nixpacks")["node"]["lts"].get(name)
    return str(number) if number is not None else name.removeprefix("v")


def _intervals(text: str) -> list[Interval] | None:
    found: list[Interval] = []
    for alternative in text.split("||"):
        interval = _alternative(alternative.strip())
        if interval is None:
            return None
        if interval[0] < interval[1]:
            found.append(interval)
    return found


def _alternative(text: str) -> Interval | None:
    low: Version = (0, 0, 0)
    high = _END
    hyphen = re.fullmatch(r"(\S+)\s+-\s+(\S+)", text)
    if hyphen:
        first, last = _PART.fullmatch(hyphen[1]), _PART.fullmatch(hyphen[2])
        if first is None or last is None:
            return None
        return _bounds(None, first)[0], _bounds(None, last)[1]
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        bounds = _bounds(part["sign"], part)
        low, high = max(low, bounds[0]), min(high, bounds[1])
        at = part.end()
        while at < len(text) and text[at] in " ,\t":
            at += 1
    return (low, high) if text else ((0, 0, 0), _END)


def _bounds(sign: str | None, part: re.Match[str]) -> Interval:
    numbers = [int(part[name]) if part[name] and part[name].isdigit() else None for name in "abc"]
    major, minor, patch = numbers
    if major is None:
        return (0, 0, 0), _END
    base: Version = (major, minor or 0, patch or 0)
    if minor is None:
        after: Version = (major + 1, 0, 0)
    elif patch is None:
        after = (major, minor + 1, 0)
    else:
        after = (major, minor, patch + 1)
    match sign:
        case "^":
            if major == 0 and minor:
                return base, (0, minor + 1, 0)
            return base, (major + 1, 0, 0)
        case "~" | "~>":
            return base, (major, minor + 1, 0) if minor is not None else (major + 1, 0, 0)
        case ">=":
            return base, _END
        case ">":
            return after, _END
        case "<":
            return (0, 0, 0), base
        case "<=":
            return (0, 0, 0), after
        case _:
            return base, after
