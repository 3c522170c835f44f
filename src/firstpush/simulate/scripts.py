"""Console scripts and modules of installed distributions: does one of them bring this command, this module?

In: `Installed` values and a name; out: True, False, or None when it cannot be known without the packages' files. What
is known stands in `packages.names`; a command or module with the distribution's own name is taken to be brought by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from firstpush.packages import names

if TYPE_CHECKING:
    from firstpush.simulate.invocation import Installed

# What every Python may have besides, and what brings nothing more.
_PLAIN = frozenset(("pip", "setuptools", "wheel"))


def normalise(name: str) -> str:
    """The comparable form of a distribution's name (PEP 503)."""
    return name.lower().replace("_", "-").replace(".", "-")


@lru_cache(maxsize=1024)
def _closure(roots: frozenset[tuple[str, tuple[str, ...] | None]]) -> tuple[frozenset[str], bool]:
    """All distributions that these bring, and whether that is all. Extras None: not known."""
    from firstpush.facts import table

    rows = table("import_names")["distributions"]
    real = [(name, extras or ()) for name, extras in roots if name not in _PLAIN]
    found, complete = names.brought_by(real)
    for name, extras in roots:
        row = rows.get(name)
        if extras is None and isinstance(row, dict) and row.get("extras"):
            complete = False
    return found | {name for name, _ in roots}, complete


def closure(distributions: Iterable[Installed]) -> tuple[frozenset[str], bool]:
    """Normalised names of what these distributions bring, themselves included; False: there may be more."""
    roots = frozenset((normalise(one.name), one.extras) for one in distributions if one.modules is None)
    explicit = frozenset(normalise(one.name) for one in distributions if one.modules is not None)
    found, complete = _closure(roots) if roots else (frozenset[str](), True)
    return found | explicit, complete


def script_among(distributions: Sequence[Installed], script: str) -> tuple[bool | None, str]:
    """Whether installing these puts a command of this name beside the interpreter, and the distribution it is due to
    (or the one that makes it uncertain)."""
    for one in distributions:
        if one.scripts is not None and script in one.scripts:
            return True, one.name
    open_ones = [one for one in distributions if one.scripts is None]
    if not open_ones:
        return False, ""
    found, complete = closure(open_ones)
    doubt = ""
    for name in sorted(found):
        scripts = names.scripts_of(name)
        if scripts is not None and script in scripts:
            return True, name
        if scripts is None and name not in _PLAIN:
            if name == normalise(script):
                return True, name
            doubt = doubt or name
    if not doubt and not complete:
        doubt = open_ones[0].name
    return (None, doubt) if doubt else (False, "")


def module_among(distributions: Sequence[Installed], module: str) -> tuple[bool | None, str]:
    """Whether installing these makes the top-level module importable, and the distribution as in `script_among`."""
    top = module.split(".")[0]
    for one in distributions:
        if one.modules is not None and top in {name.split(".")[0] for name in one.modules}:
            return True, one.name
    found, complete = closure([one for one in distributions if one.modules is None])
    doubt = ""
    for name in sorted(found):
        if name in _PLAIN:
            if top == name or (name == "setuptools" and top in ("pkg_resources", "_distutils_hack")):
                return True, name
            continue
        if top in names.modules_of(name):
            return True, name
        if not names.known(name):
            if normalise(top) in (name, name.removeprefix("python-"), name.removesuffix("-python")):
                return True, name
            doubt = doubt or name
    if not doubt and not complete:
        doubt = next((one.name for one in distributions if one.modules is None), "a distribution")
    return (None, doubt) if doubt else (False, "")


def distribution_of_script(script: str) -> str | None:
    """The distribution that is known to bring a command of this name."""
    return names.script_owner(script)


def distribution_of_module(module: str) -> str | None:
    """The distribution that is known to bring this top-level module, or None."""
    found = names.distributions_for(module)
    return found[0] if found and names.known(found[0]) else None
