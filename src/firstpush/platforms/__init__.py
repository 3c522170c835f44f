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
    if settings.builder is not None and settings.builder.partition("@")[0] not in BUILDERS:
        raise UsageError(
            f"There is no builder `{settings.builder}`.",
            found=f"Known: {', '.join(BUILDERS)}.",
            next_step="Write NAME or NAME@VERSION, for example nixpacks@1.38.",
        )
    found = [plan for name in settings.platforms or REGISTRY for plan in platform(name).plans(tree, settings)]
    if not found and not settings.platforms and app_folders(tree):
        return platform("railway").plans(tree, replace(settings, platforms=("railway",)))
    return found
