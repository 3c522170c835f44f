"""A value of a wrong type, which stops Nixpacks: one command in a list of one, a number in quotes."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.config.nixpacks_layer import PHASE_ALIASES, PHASE_LISTS
from firstpush.fixes.config_files import ConfigFile, open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.syntax.document import Node

NAME = "config-types"
INSTALL = False
NAMES = frozenset({"*"})  # nothing ran before


def propose(situation: Situation) -> Iterator[Proposal]:
    for problem in situation.prediction.plan.problems:
        if problem.key != "nixpacks-config-type":
            continue
        config = open_config(situation.tree, problem.primary.span.path)
        if config is None or config.document.root is None:
            continue
        for route, node in _routes(config.document.root, ()):
            if node.span.contains(problem.primary.span) or problem.primary.span.contains(node.span):
                yield from _repair(config, route, node)


def _routes(node: Node, route: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    for key, entry in node.entries.items():
        yield (*route, key), entry.node
        yield from _routes(entry.node, (*route, key))


def _repair(config: ConfigFile, route: tuple[str | int, ...], node: Node) -> Iterator[Proposal]:
    raw = config.document.source.data[node.span.start : node.span.end].decode("utf-8")
    name = str(route[-1])
    where = ".".join(map(str, route))
    listed = PHASE_ALIASES.get(name, name) in PHASE_LISTS or name == "providers"
    if node.kind == "str" and listed:
        text, title = f"[{raw}]", f"make `{where}` a list in {config.path}"
    elif node.kind in ("int", "float", "bool", "datetime") and "variables" in route:
        value = raw if node.kind != "bool" else str(node.value).lower()
        text, title = config.quoted(value), f"put the value of `{where}` in quotes in {config.path}"
    else:
        return
    changed = config.copy()
    changed.set_text(*route, text=text)
    yield Proposal(NAME, title, changed.edits(), names=NAMES)
