"""A command names a requirements file that is not there, and the project has just one file of that name: its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import relpath

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span

NAME = "requirements-path"
INSTALL = False
_PATH = re.compile(rb"[A-Za-z0-9_./-]+\.(?:txt|in|toml)\b")


def propose(situation: Situation) -> Iterator[Proposal]:
    for found in situation.found(Cause.WRONG_REQUIREMENTS_PATH):
        span = found.primary.span
        source = situation.tree.source(span.path) if situation.tree.exists(span.path) else None
        if source is None:
            continue
        for match in _PATH.finditer(source.data, span.start, max(span.end, span.start)):
            written = match.group().decode("ascii")
            name = written.rsplit("/", 1)[-1]
            root = situation.path("")
            there = [
                path.removeprefix(root)
                for path in situation.tree.below(root.rstrip("/"))
                if path.rsplit("/", 1)[-1] == name
            ]
            folder = _folder_before(source.data, match.start())
            choices = [relpath(path, folder) if folder else path for path in there]
            if len(choices) == 1 and choices[0] != written:
                edit = Edit(Span(span.path, match.start(), match.end()), choices[0])
                title = f"name the file where it is: `{choices[0]}` ({span.path})"
                yield Proposal(NAME, title, (edit,), names=frozenset({"phase:install", "phase:build", "start"}))


def _folder_before(data: bytes, at: int) -> str:
    """The folder that a `cd` before the offset went to, on the same line."""
    line = data[data.rfind(b"\n", 0, at) + 1 : at]
    moved = re.findall(rb"\bcd +([A-Za-z0-9_./-]+) *&&", line)
    return moved[-1].decode("ascii").strip("./") if moved else ""
