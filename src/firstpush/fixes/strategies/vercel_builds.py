"""`builds` of vercel.json names a file that is not there: the app's entry file, or no `builds` at all."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.vercel_framework import PRESETS
from firstpush.project.app import describe

NAME = "vercel-builds"
INSTALL = False
NAMES = frozenset({"*"})


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.platform != "vercel" or not situation.found():
        return
    config = open_config(situation.tree, situation.path("vercel.json"))
    builds = config.get("builds") if config is not None else None
    if config is None or builds is None or builds.kind != "list":
        return
    app = describe(situation.tree, plan.root or ".")
    entry = app.entry.removeprefix(situation.path("")) if app.entry else None
    for index, build in enumerate(builds.items):
        source = build.get("src")
        if source is None or source.kind != "str" or entry is None or source.value == entry:
            continue
        if "*" in source.value or situation.tree.exists(situation.path(source.value.lstrip("/"))):
            continue
        changed = config.copy()
        changed.set_string("builds", index, "src", value=entry)
        yield Proposal(NAME, f"build {entry}, where the app is, in {config.path}", changed.edits(), names=NAMES)
    if app.framework in PRESETS:
        changed = config.copy()
        changed.delete("builds")
        changed.set_string("framework", value=app.framework)
        title = f'say the framework "{app.framework}" in place of `builds` in {config.path}'
        yield Proposal(NAME, title, changed.edits(), names=NAMES)
