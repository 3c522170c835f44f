"""Procfile: a `Source` goes in, a `Document` with a map of process types to commands comes out.

The line format of Heroku: `name: command`, a line a process. What a platform reads into it (Nixpacks reads YAML) is the
platform's affair: the text here is the rest of the line as it stands.
"""

from __future__ import annotations

import re
from typing import Any

from firstpush.model.text import Span, SpannedText
from firstpush.syntax.document import Comment, Document, Entry, Node, Problem
from firstpush.syntax.guard import unreadable
from firstpush.syntax.source import Source

MAX_PROBLEMS = 100  # after so many it is no Procfile
_LINE = re.compile(rb"[^\r\n]*+")
_PROCESS = re.compile(rb"[ \t]*+([A-Za-z0-9_-]++)[ \t]*+:[ \t]*+")


def parse(source: Source) -> Document:
    """The document; a line that is no process is a problem, the others are kept. Never raises for any bytes."""
    problem = unreadable(source)
    if problem is not None:
        return Document(source, None, (problem,))
    data, path = source.data, source.path
    entries: dict[str, Entry] = {}
    comments: list[Comment] = []
    problems: list[Problem] = []
    at = begin = 3 if source.has_bom else 0
    while at < len(data) and len(problems) < MAX_PROBLEMS:
        line = _LINE.match(data, at)
        end = line.end() if line else len(data)
        content_end = at + len(data[at:end].rstrip())
        content_start = content_end - len(data[at:content_end].lstrip())
        if content_start < content_end:
            process = _PROCESS.match(data, at, content_end)
            if data.startswith(b"#", content_start):
                text = data[content_start:content_end].decode("utf-8")
                comments.append(Comment(text, Span(path, content_start, content_end)))
            elif process is None:
                problems.append(Problem("not a line `name: command`", Span(path, content_start, content_end)))
            else:
                key = process[1].decode("ascii")
                if key in entries:
                    problems.append(Problem(f'duplicate process "{key}"', Span(path, *process.span(1))))
                    del entries[key]
                entries[key] = _entry(data, path, key, process, content_end)
        at = end
        while at < len(data) and data[at] in b"\r\n":
            at += 1
    value: dict[str, Any] = {key: entry.node.value for key, entry in entries.items()}
    root = Node("map", value, Span(path, begin, len(data)), entries)
    return Document(source, root, tuple(problems), tuple(comments))


def _entry(data: bytes, path: str, key: str, process: re.Match[bytes], end: int) -> Entry:
    start = process.end()
    text = SpannedText.verbatim(data[start:end].decode("utf-8"), path, start)
    node = Node("str", text.text, Span(path, start, end), text=text)
    return Entry(key, Span(path, *process.span(1)), Span(path, process.start(1), end), node)
