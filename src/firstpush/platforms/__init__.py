"""Project → plans, a module a platform, in an explicit registry.

In: a `ProjectTree` and `Settings`; out: a `Plan` for every deployment that the project describes. Adding a platform
touches its module, one line here, a facts file and fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from firstpush.errors import UsageError
from firstpush.model.plan import Plan
from firstpush.model.value import dataclass, field, replace
from firstpush.project.discovery import app_folders
from firstpush.project.tree import ProjectTree


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user says beyond the files.

    `platforms`: restrict to these (empty: all that apply); `builder`: force one, `NAME[@VERSION]`; `root`: the
    platform's root directory; `env`: service variables; `as_of`: date (YYYY-MM-DD) to plan for; `vercel_framework`:
    the dashboard's framework preset; `environment`: the platform's environment name.
    """

    platforms: tuple[str, ...] = ()
    builder: str | None = None
    root: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    as_of: str | None = None
    vercel_framework: str | None = None
    environment: str | None = None


class Platform(Protocol):
    """A platform module. `plans` decides itself whether the files (or the settings) say that it deploys this."""

    NAME: str

    def plans(self, tree: ProjectTree, settings: Settings) -> list[Plan]: ...


# Name → module, imported when it is used. One line a platform.
REGISTRY: Mapping[str, str] = {
    "railway": "firstpush.platforms.railway",
    "vercel": "firstpush.platforms.vercel",
}
# Builders that can be forced, and the platform that runs each when none is named.
BUILDERS: Mapping[str, str] = {
    "nixpacks": "railway",
    "railpack": "railway",
    "docker": "railway",
    "vercel": "vercel",
    "vercel-python": "vercel",
}


def platform(name: str) -> Platform:
    """The module of a platform. Raises UsageError for a name that is none."""
    from importlib import import_module

    if name not in REGISTRY:
        raise UsageError(
            f"There is no platform `{name}`.",
            found=f"Known: {', '.join(REGISTRY)}.",
            next_step="Choose one of them, or leave the option out.",
        )
    return cast(Platform, import_module(REGISTRY[name]))


def plans(tree: ProjectTree, settings: Settings) -> list[Plan]:
    """Every deployment of the project, in the registry's order, then by root.

    Without a restriction, the platforms that the files name are planned; where they name none but a Python app is
    there, Railway's. Raises UsageError for an unknown platform or builder.
    """
    for name in settings.platforms:
        platform(name)
    name, at, version = (settings.builder or "").partition("@")
    if settings.builder is not None and name not in BUILDERS:
        raise UsageError(
            f"There is no builder `{settings.builder}`.",
            found=f"Known: {', '.join(BUILDERS)}.",
            next_step="Write NAME or NAME@VERSION, for example nixpacks@1.38.",
        )
    if at:
        _check_version(name, version)
    if settings.vercel_framework is not None:
        _check_framework(settings.vercel_framework)
    found = [plan for name in settings.platforms or REGISTRY for plan in platform(name).plans(tree, settings)]
    if not found and not settings.platforms and app_folders(tree):
        return platform("railway").plans(tree, replace(settings, platforms=("railway",)))
    return found


def _check_version(builder: str, version: str) -> None:
    """Raises UsageError for what is no version of the builder; a version that is only unknown is taken."""
    import re

    shape = re.fullmatch(r"v?([0-9]{1,4})(\.[0-9]{1,6}){0,3}", version)
    wanted = shape is not None and any(digit in version for digit in "123456789")
    known: list[str] = []
    if builder == "nixpacks":
        from firstpush.facts import table

        known = table("nixpacks")["defaults"]["known"]
        wanted = wanted and "." in version and shape is not None and int(shape[1]) >= 1
    elif builder in ("vercel", "vercel-python"):
        from firstpush.facts import table

        known = [row["version"] for row in table("vercel")["cli"]]
    if not wanted:
        example = f"{builder}@{known[-1] if known else '1.0'}"
        raise UsageError(
            f"`{version}` is no version of the builder {builder}.",
            found=f"Known: {', '.join(known)}." if known else "",
            next_step=f"Write NAME or NAME@VERSION, for example {example}.",
        )


def _check_framework(name: str) -> None:
    """Raises UsageError for what is no framework preset of Vercel's dashboard."""
    from firstpush.facts import table
    from firstpush.platforms.vercel.reading import OTHER

    presets = table("vercel_frameworks")["presets"]
    if name.lower() in OTHER or name.lower() in presets["slugs"]:
        return
    from difflib import get_close_matches

    slugs = ["other", *presets["slugs"]]
    near = get_close_matches(name.lower(), slugs, n=1, cutoff=0.6)
    first = ["other", *presets["python"]]
    raise UsageError(
        f"There is no framework preset `{name}` on Vercel.",
        found=f"Known: {', '.join([*first, *(slug for slug in slugs if slug not in first)])}.",
        next_step=f"Did you mean `{near[0]}`?" if near else "Choose one of them, or leave the option out.",
    )
