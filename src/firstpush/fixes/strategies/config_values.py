"""A value that the platform does not take: the one that was meant, or a number without its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from firstpush.fixes.config_files import open_config
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.config_keys import route_at
from firstpush.model.cause import Cause
from firstpush.syntax.document import Node

NAME = "config-values"
INSTALL = False
CAUSES = (Cause.INVALID_SCHEMA_PROPERTY, Cause.UNKNOWN_BUILDER)
NAMES = frozenset({"*"})  # nothing ran before


def propose(situation: Situation) -> Iterator[Proposal]:
    for problem in situation.prediction.plan.problems:
        if problem.cause not in CAUSES:
            continue
        config = open_config(situation.tree, problem.primary.span.path)
        root = config.document.root if config is not None else None
        if config is None or root is None:
            continue
        route = value_at(root, problem.primary.span.start) or route_at(root, problem.primary.span.start)
        node = root.get(*route) if route else None
        if route is None or node is None:
            continue
        where = ".".join(map(str, route))
        meant = problem.data.get("meant") or _nearest(str(node.value), problem.message)
        changed = config.copy()
        if problem.cause is Cause.UNKNOWN_BUILDER and node.kind == "str" and meant != "NIXPACKS":
            other = config.copy()
            other.set_string(*route, value="NIXPACKS")
            title = f"write `NIXPACKS` for `{where}` in {config.path}"
            yield Proposal(NAME, title, other.edits(), names=NAMES)
        if isinstance(meant, str) and meant and meant != node.value and node.kind == "str":
            changed.set_string(*route, value=meant)
            title = f"write `{meant}` for `{where}` in {config.path}"
        elif node.kind == "str" and str(node.value).strip().isdecimal():
            changed.set_text(*route, text=str(node.value).strip())
            title = f"take the quotes off the number of `{where}` in {config.path}"
        elif problem.cause is Cause.INVALID_SCHEMA_PROPERTY and not problem.fatal:
            changed.delete(*route)
            title = f"delete `{where}` from {config.path}: the platform does not take it"
        else:
            continue
        yield Proposal(NAME, title, changed.edits(), names=NAMES)


def _nearest(value: str, message: str) -> str | None:
    """Of the values that the message lists, the one that was meant."""
    listed = re.search(r"must be one of (.+)$", message)
    if listed is None:
        return None
    choices = {_plain(choice): choice.strip() for choice in listed[1].split(",")}
    found = get_close_matches(_plain(value), choices, n=1, cutoff=0.75)
    return choices[found[0]] if found else None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def value_at(node: Node, offset: int, route: tuple[str | int, ...] = ()) -> tuple[str | int, ...] | None:
    """The route to the innermost value that stands at an offset."""
    for key, entry in node.entries.items():
        if entry.node.span.start <= offset < entry.node.span.end:
            return value_at(entry.node, offset, (*route, key)) or (*route, key)
    for index, item in enumerate(node.items):
        if item.span.start <= offset < item.span.end:
            return value_at(item, offset, (*route, index)) or (*route, index)
    return None
