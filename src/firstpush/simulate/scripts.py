"""Console scripts and import names of distributions: which command or module does an installation bring?

In: an `Installed` and a name; out: True, False, or None when it cannot be known without the package's files. The names
that are known are facts (`facts/distribution_names.toml`); a command or a module with the distribution's own name is
taken to be brought by it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstpush.simulate.invocation import Installed


def normalise(name: str) -> str:
    """The comparable form of a distribution's name (PEP 503)."""
    return name.lower().replace("_", "-").replace(".", "-")


@cache
def _known() -> dict[str, dict[str, tuple[str, ...]]]:
    """Normalised distribution → {"scripts": …, "modules": …, "requires": …} where the facts say so."""
    from firstpush.facts import table

    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in table("distribution_names").get("distribution", []):
        found[normalise(row["name"])] = {
            key: tuple(row[key]) for key in ("scripts", "modules", "requires") if key in row
        }
    return found


def brings_script(distribution: Installed, name: str) -> bool | None:
    """Whether installing it puts a command of this name beside the interpreter."""
    if distribution.scripts is not None:
        return name in distribution.scripts
    known = _known().get(normalise(distribution.name))
    if known is not None and "scripts" in known:
        return name in known["scripts"]
    if normalise(distribution.name) == normalise(name):
        return True
    return None


def brings_module(distribution: Installed, module: str) -> bool | None:
    """Whether installing it makes this top-level module importable."""
    top = module.split(".")[0]
    if distribution.modules is not None:
        return top in {name.split(".")[0] for name in distribution.modules}
    known = _known().get(normalise(distribution.name))
    if known is not None and "modules" in known:
        return top in known["modules"]
    name = normalise(distribution.name)
    if name in (normalise(top), "python-" + normalise(top), normalise(top) + "-python", "py" + normalise(top)):
        return True
    return None


def known_requirements(name: str) -> tuple[str, ...] | None:
    """The distributions that this one always brings with it, or None when that is not known."""
    known = _known().get(normalise(name))
    return known.get("requires") if known is not None else None


@cache
def _by_script() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, row in _known().items():
        for script in row.get("scripts", ()):
            found.setdefault(script, name)
    return found


def distribution_of_script(name: str) -> str | None:
    """The distribution that is known to bring a command of this name."""
    return _by_script().get(name)


@cache
def _by_module() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, row in _known().items():
        for module in row.get("modules", ()):
            found.setdefault(module, name)
    return found


def distribution_of_module(module: str) -> str | None:
    """The distribution that is known to bring this top-level module."""
    return _by_module().get(module.split(".")[0])
