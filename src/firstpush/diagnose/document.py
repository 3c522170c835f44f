"""Refusals quoted in a text that is no log (a Markdown report of a failure): a `Log` in, possible causes out.

Such a text tells of the failure and then of the repair and of success, so that nothing counts as failed in it. What it
quotes word for word happened nevertheless, perhaps to an earlier version of the project: possible, not more.
"""

from __future__ import annotations

import re

from firstpush.diagnose.context import Scene
from firstpush.diagnose.judge import INSTALLS, judged
from firstpush.diagnose.log import Log
from firstpush.diagnose.signatures import Match
from firstpush.diagnose.values import LogCause
from firstpush.model.diagnostic import Certainty
from firstpush.model.value import replace

HEADING = re.compile(r"#{1,6} \S")
FENCE = re.compile(r" {0,3}(```+|~~~+)")
LONGEST = 2_000_000  # characters: nobody writes longer documents, and logs are longer
SAID = "; quoted in a document, which is no log"


def quoted(log: Log, found: list[Match], scene: Scene) -> list[LogCause]:
    """Refused installs that stand in the code blocks of a Markdown text; none where the text is a log."""
    fenced = blocks(log) if len(log.text) <= LONGEST else frozenset()
    inside = [match for match in found if match.number in fenced]
    causes = judged(log, inside, scene, quoted=True) if inside else []
    return [
        replace(cause, certainty=Certainty.POSSIBLE, message=cause.message + SAID)
        for cause in causes
        if cause.cause in INSTALLS
    ]


def blocks(log: Log) -> frozenset[int]:
    """The numbers of the lines inside fenced code; none in a text without a heading outside of it. Fences and headings
    count only at the beginning of the raw line: what a log prints of a README has a time stamp or a step before it."""
    inside: list[int] = []
    open_block: list[int] = []
    fence = ""
    headings = 0
    for number, raw in enumerate(log.raw, 1):
        match = FENCE.match(raw)
        if fence:
            if match is not None and match[1].startswith(fence):
                inside += open_block
                fence, open_block = "", []
            else:
                open_block.append(number)
        elif match is not None:
            fence = match[1]
        elif HEADING.match(raw):
            headings += 1
    return frozenset(inside) if headings else frozenset()
