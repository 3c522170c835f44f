"""Which framework preset the dashboard has decides how Vercel builds: say it in vercel.json, then nothing else does."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.diagnostic import FileChange
from firstpush.project.app import describe

NAME = "vercel-framework"
INSTALL = False
NAMES = frozenset({"phase:*", "builder", "start", "health", "variables", "python"})
PRESETS = ("fastapi", "flask", "django")
SCHEMA = "https://openapi.vercel.sh/vercel.json"


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.platform != "vercel" or int(plan.native.get("readings", 1)) < 2:
        return
    framework = describe(situation.tree, plan.root or ".").framework
    if framework not in PRESETS:
        return
    path = situation.path("vercel.json")
    title = f'say in {path} that the framework is "{framework}", so that it does not hang on the dashboard'
    if not situation.tree.exists(path):
        text = f'{{\n  "$schema": "{SCHEMA}",\n  "framework": "{framework}"\n}}\n'
        yield Proposal(NAME, title, files=(FileChange(path, text),), names=NAMES)
        return
    config = open_config(situation.tree, path)
    if config is not None and config.get("framework") is None:
        config.set_string("framework", value=framework)
        yield Proposal(NAME, title, config.edits(), names=NAMES)
