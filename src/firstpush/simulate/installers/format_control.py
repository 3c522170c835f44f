"""pip's `--no-binary` and `--only-binary`. In: the options in their order; out: the names that are built from source.

As `pip._internal.models.format_control`: the last word about a name holds, `:all:` and `:none:` clear what came before.
"""

from __future__ import annotations

from collections.abc import Iterable

from firstpush.simulate.installers.requirements import canonical

ALL, NONE = ":all:", ":none:"


def from_source(given: Iterable[tuple[str, str]]) -> frozenset[str]:
    """`given`: (option, value) in order; out: canonical names, or `:all:`, less those that `--only-binary` names."""
    source: set[str] = set()
    binary: set[str] = set()
    for option, value in given:
        target, other = (source, binary) if option == "--no-binary" else (binary, source)
        names = value.split(",")
        while ALL in names:
            other.clear()
            target.clear()
            target.add(ALL)
            del names[: names.index(ALL) + 1]
            if NONE not in names:
                names = []
        for name in names:
            if name == NONE:
                target.clear()
            else:
                other.discard(canonical(name))
                target.add(canonical(name))
    return frozenset(source | {f"!{name}" for name in binary})


def built(name: str, source: frozenset[str]) -> bool:
    """Whether this canonical name may only come as source."""
    return name in source or (ALL in source and f"!{name}" not in source)
