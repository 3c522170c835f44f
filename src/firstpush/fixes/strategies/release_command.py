"""The `release` process of a Procfile runs while Nixpacks builds, without a database: run it before the start.

On Railway that is the pre-deploy command, where a railway.json is there to hold it; else it goes before the server.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import open_config, procfile_of
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span
from firstpush.syntax.line_edit import delete_process

NAME = "release-command"
INSTALL = False
BEHAVIOUR = "the command runs before each deployment starts, and no longer in the build"


def propose(situation: Situation) -> Iterator[Proposal]:
    path = situation.path("Procfile")
    if not situation.found(Cause.BUILD_TIME_DATABASE):
        return
    document = procfile_of(situation.tree, path)
    if document is None or document.root is None or "release" not in document.root.entries:
        return
    command = str(document.root.entries["release"].node.value)
    deletion = delete_process(document, "release")
    names = frozenset({"phase:*", "start"})
    config = open_config(situation.tree, situation.path("railway.json"))
    if situation.prediction.plan.platform == "railway" and config is not None:
        if config.get("deploy", "preDeployCommand") is None:
            config.set_text("deploy", "preDeployCommand", text=config.listed([command]))
            title = f"run `{command}` as pre-deploy command ({config.path}), not in the build ({path})"
            yield Proposal(NAME, title, (*config.edits(), deletion), names=names, behaviour=BEHAVIOUR)
        return
    web = document.root.entries.get("web")
    if web is not None:
        start = web.node.span.start
        before = Edit(Span(path, start, start), f"{command} && ")
        title = f"run `{command}` before the server, not in the build ({path})"
        yield Proposal(NAME, title, (deletion, before), names=names, behaviour=BEHAVIOUR)
