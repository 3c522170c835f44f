"""The wheel tags that the replica's interpreters take, so that the door need not offer others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache


@cache
def tags_of(minors: tuple[str, ...]) -> frozenset[str] | None:
    """`cp311-cp311-manylinux_2_17_x86_64` and so on for all these minor versions; None without any."""
    if not minors:
        return None
    from packaging.tags import cpython_tags, platform_tags

    platforms = list(platform_tags())
    found: set[str] = set()
    for minor in minors:
        version = [int(part) for part in minor.split(".")]
        found.update(map(str, cpython_tags(version, platforms=platforms)))
        found.update(map(str, _compatible(version, platforms)))
    return frozenset(found)


def _compatible(version: list[int], platforms: list[str]) -> Iterable[object]:
    from packaging.tags import compatible_tags

    return compatible_tags(version, f"cp{version[0]}{version[1]}", platforms)
