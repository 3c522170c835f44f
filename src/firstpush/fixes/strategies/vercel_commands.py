"""Vercel installs a Python app's requirements by itself, into an environment of its own: delete commands that try to.

`framework: null` says "no framework" and makes Vercel expect static output; where the app's framework has a preset,
that is what finds the app.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import ConfigFile, open_config
from firstpush.fixes.install_commands import read
from firstpush.fixes.proposal import Proposal, Situation

NAME = "vercel-commands"
INSTALL = False
COST = "Nothing: Vercel installs requirements.txt, pyproject.toml or Pipfile by itself."
NAMES = frozenset({"phase:*", "builder", "start", "health", "variables"})
_PRESETS = ("fastapi", "flask", "django")


def propose(situation: Situation) -> Iterator[Proposal]:
    if situation.prediction.plan.platform != "vercel" or not situation.found():
        return
    config = open_config(situation.tree, situation.path("vercel.json"))
    if config is None:
        return
    commands = [key for key in ("installCommand", "buildCommand") if _only_installs(config, key)]
    framework = _framework(situation)
    public = config.strings("outputDirectory") in ((".",), ("./",)) and not config.keys("functions")
    for with_framework in (False, True):
        if with_framework and (framework is None or config.strings("framework") == (framework,)):
            continue
        # With the preset Other the folder is published without `outputDirectory`, too: deleting it repairs nothing.
        for gone in (commands, [*commands, "outputDirectory"]) if public and with_framework else (commands,):
            if not gone and not with_framework:
                continue
            changed = config.copy()
            for key in gone:
                changed.delete(key)
            told = [f"delete {' and '.join(gone)}"] if gone else []
            if with_framework:
                assert framework is not None
                changed.set_string("framework", value=framework)
                told.append(f'set the framework to "{framework}"')
            title = f"{' and '.join(told)} in {config.path}: Vercel installs the requirements by itself"
            yield Proposal(NAME, title, changed.edits(), names=NAMES, cost=COST)


def _only_installs(config: ConfigFile, key: str) -> bool:
    """The command does nothing but install with pip (or prepare to)."""
    texts = config.strings(key)
    if not texts:
        return False
    installs = read(texts)
    return installs is not None and not installs.others and (installs.pip or bool(installs.dropped))


def _framework(situation: Situation) -> str | None:
    from firstpush.project.app import describe

    app = describe(situation.tree, situation.prediction.plan.root or ".")
    return app.framework if app.framework in _PRESETS else None
