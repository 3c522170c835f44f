"""A line of a requirements file that pip cannot read, where the slip is plain: a single `=`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span

NAME = "requirement-syntax"
INSTALL = False
_SINGLE = re.compile(rb"[ \t]*[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?[ \t]*(=)[ \t]*[0-9]")


def propose(situation: Situation) -> Iterator[Proposal]:
    for found in situation.found(Cause.INVALID_REQUIREMENT):
        span = found.primary.span
        source = situation.tree.source(span.path) if situation.tree.exists(span.path) else None
        if source is None or span.path.endswith((".toml", ".json")):
            continue
        start = source.data.rfind(b"\n", 0, span.start) + 1
        match = _SINGLE.match(source.data, start)
        if match is not None:
            edit = Edit(Span(span.path, match.start(1), match.end(1)), "==")
            yield Proposal(NAME, f"write `==` for `=` in {span.path}", (edit,))
