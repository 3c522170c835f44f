"""The platform looks for an app object and the module only has a function that makes one: call it, at the end."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.syntax.edit import append_lines

NAME = "app-factory"
INSTALL = False
_FACTORIES = ("create_app", "make_app", "get_app", "build_app", "create_application")


def propose(situation: Situation) -> Iterator[Proposal]:
    for found in situation.found(Cause.WRONG_ENTRYPOINT_PATH):
        path = found.primary.span.path
        source = situation.tree.source(path) if path.endswith(".py") and situation.tree.exists(path) else None
        if source is None:
            continue
        try:
            body = ast.parse(source.data).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        for each in body:
            if isinstance(each, ast.FunctionDef) and each.name in _FACTORIES and not _needs_arguments(each.args):
                edit = append_lines(path, source.data, [f"app = {each.name}()"], blank_before=True)
                title = f"make the app object that the platform looks for: `app = {each.name}()` in {path}"
                yield Proposal(NAME, title, (edit,), names=frozenset({"*"}))


def _needs_arguments(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return positional > 0 or any(default is None for default in arguments.kw_defaults)
