"""No process of a Procfile is called `web`: give the name to the one that is started."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import procfile_of
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit

NAME = "process-type"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    start = situation.prediction.plan.start
    path = situation.path("Procfile")
    if start is None or not situation.found(Cause.WRONG_PROCESS_TYPE):
        return
    document = procfile_of(situation.tree, path)
    if document is None or document.root is None or "web" in document.root.entries:
        return
    span = start.command.text.span()
    entries = document.root.entries.values()
    started = [entry for entry in entries if span is not None and entry.span.contains(span)]
    serving = [entry for entry in entries if "$PORT" in str(entry.node.value) or "gunicorn" in str(entry.node.value)]
    for entry in serving if len(serving) == 1 else started:
        title = f"call the process `{entry.key}` `web` in {path}"
        yield Proposal(NAME, title, (Edit(entry.key_span, "web"),), names=frozenset({"start"}))
