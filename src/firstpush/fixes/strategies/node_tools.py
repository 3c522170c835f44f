"""A Python app on Nixpacks calls Node's tools, which the Python provider does not bring: add them to its packages."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.command_words import simple_commands, words
from firstpush.fixes.strategies.nixpacks_install import config_file
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import FileChange

NAME = "node-tools"
INSTALL = False
_TOOLS = {"npm": "nodejs", "npx": "nodejs", "node": "nodejs", "yarn": "yarn", "pnpm": "pnpm"}


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(Cause.COMMAND_NOT_FOUND):
        return
    called = [step.command.text.text for step in plan.steps] + ([str(plan.start.command)] if plan.start else [])
    names = [words(each)[0] for text in called for each in simple_commands(text) if each.words]
    needed = list(dict.fromkeys(_TOOLS[name] for name in names if name in _TOOLS))
    if not needed:
        return
    parts = frozenset({"packages", "libraries"})
    title = f"add {' and '.join(needed)} to the Nix packages"
    config = config_file(situation)
    if config is None:
        path = situation.path("nixpacks.toml")
        listed = ", ".join(f'"{name}"' for name in ["...", *needed])
        files = (FileChange(path, f"[phases.setup]\nnixPkgs = [{listed}]\n"),)
        yield Proposal(NAME, f"{title} ({path})", files=files, names=parts)
        return
    key = "nixPackages" if config.get("phases", "setup", "nixPackages") is not None else "nixPkgs"
    current = list(config.strings("phases", "setup", key)) or ["..."]
    config.set_strings("phases", "setup", key, values=[*current, *(name for name in needed if name not in current)])
    yield Proposal(NAME, f"{title} in {config.path}", config.edits(), names=parts)
