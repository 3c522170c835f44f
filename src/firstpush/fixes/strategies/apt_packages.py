"""An apt package that the image's release does not have: the one that took its place, where that is known."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.facts import table
from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.config_values import value_at

NAME = "apt-packages"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    for problem in situation.prediction.plan.problems:
        if problem.key != "apt-package-missing":
            continue
        config = open_config(situation.tree, problem.primary.span.path)
        root = config.document.root if config is not None else None
        route = value_at(root, problem.primary.span.start) if root is not None else None
        node = root.get(*route) if root is not None and route else None
        if config is None or not route or node is None or node.kind != "str":
            continue
        instead = table("nixpkgs")["apt"]["missing"].get(node.value)
        if instead:
            config.set_string(*route, value=instead)
            title = f"install {instead} for {node.value} in {config.path}"
        else:
            config.delete(*route)
            title = f"do not install {node.value}, which does not exist, in {config.path}"
        yield Proposal(NAME, title, config.edits(), names=frozenset({"packages", "phase:setup"}))
