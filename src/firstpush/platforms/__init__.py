"""Project → plans, a module a platform, in an explicit registry.

In: a `ProjectTree` and `Settings`; out: a `Plan` for every deployment that the project describes. Adding a platform
touches its module, one line here, a facts file and fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from firstpush.model.plan import Plan
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


def plans(tree: ProjectTree, settings: Settings) -> list[Plan]:
    """Every deployment of the project, in the registry's order, then by root."""
    return []
