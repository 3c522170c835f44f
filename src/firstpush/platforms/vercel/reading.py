"""The framework preset: a setting of Vercel's dashboard, often unknown here.

In: the project, vercel.json, `.vercel/project.json`, options. Out: the `Reading`s that are judged: one when the preset
is known, else what a first import would detect and what the preset Other would do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from firstpush import facts
from firstpush.config.vercel_json import DashboardSettings, VercelJson
from firstpush.model.origin import FileOrigin, OptionOrigin, Origin
from firstpush.model.value import dataclass
from firstpush.project.tree import ProjectTree

OTHER = frozenset({"other", "null", "none", ""})


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take the project. `slug`: the preset (None: Other); `known`: whether it is certain; `why`: where it is
    known from, or why it is assumed; `origin`: its place."""

    slug: str | None
    known: bool
    why: str
    origin: Origin | None = None

    @property
    def name(self) -> str:
        return preset_name(self.slug)

    @property
    def python(self) -> bool:
        return self.slug in facts.table("vercel_frameworks")["presets"]["python"]


def preset_name(slug: str | None) -> str:
    """As the dashboard calls it."""
    if slug is None:
        return "Other"
    return next((row["name"] for row in facts.table("vercel_frameworks")["detect"] if row["slug"] == slug), slug)


def readings(
    tree: ProjectTree,
    root: str,
    config: VercelJson | None,
    dashboard: DashboardSettings | None,
    option: str | None,
    as_of: str | None,
) -> list[Reading]:
    """The readings of the deployment in `root`, the likelier first."""
    setting = config.settings.get("framework") if config is not None else None
    if setting is not None:
        return [Reading(setting.value or None, True, "`framework` in vercel.json", setting.origin)]
    if option is not None:
        slug = None if option.lower() in OTHER else option.lower()
        return [Reading(slug, True, "option --vercel-framework", OptionOrigin("--vercel-framework"))]
    if dashboard is not None and "framework" in dashboard.values:
        value = dashboard.values["framework"]
        origin = FileOrigin(dashboard.nodes["framework"].span)
        return [Reading(value if isinstance(value, str) else None, True, dashboard.path, origin)]
    if config is not None and config.builds:
        return [Reading(None, True, "`builds` in vercel.json: the preset does not count")]
    detected = detect(tree, root, as_of)
    if detected is None:
        return [Reading(None, True, "a first import of this project detects no Python framework")]
    other = Reading(None, False, "an older project, or one that was set so, has it")
    slug, path = detected
    return [Reading(slug, False, f"a first import of this project detects it ({path})"), other]


def detect(tree: ProjectTree, root: str, as_of: str | None = None) -> tuple[str, str] | None:
    """What a first import chooses: the preset and the file that decides; None: no Python preset, or a front end."""
    prefix = "" if root in ("", ".") else root + "/"
    if _front_end(tree.text(prefix + "package.json")):
        return None
    for row in facts.table("vercel_frameworks")["detect"]:
        if as_of is not None and as_of < row["since"]:
            continue
        also: Mapping[str, str] = row.get("also", {})
        pairs = [(name, row["pattern"]) for name in row["files"]]
        pairs += [(also["file"], also["pattern"])] if also else []
        for name, pattern in pairs:
            text = tree.text(prefix + name)
            if text is not None and re.search(pattern, text):
                return row["slug"], prefix + name
    return None


def _front_end(package: str | None) -> bool:
    """Whether a package.json makes a first import choose a JavaScript framework, or might."""
    return package is not None and re.search(r'"(?:dependencies|devDependencies)"\s*:\s*\{\s*"', package) is not None
