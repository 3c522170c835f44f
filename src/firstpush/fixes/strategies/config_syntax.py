"""A file that cannot be parsed, where one reading is plain: commas before a closing bracket and comments in JSON, a
TOML table that is written twice."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span
from firstpush.syntax import json as strict
from firstpush.syntax import jsonc, toml
from firstpush.syntax.document import Node
from firstpush.syntax.edit import apply, delete_lines, line_end, line_ending, line_start, next_line
from firstpush.syntax.source import Source
from firstpush.syntax.toml import key_text
from firstpush.syntax.toml_cst import ScanError, Section, scan

NAME = "config-syntax"
INSTALL = False
NAMES = frozenset({"*"})  # nothing ran before


def propose(situation: Situation) -> Iterator[Proposal]:
    paths = dict.fromkeys(found.primary.span.path for found in situation.found(Cause.CONFIG_PARSE_ERROR))
    for path in paths:
        source = situation.tree.source(path) if situation.tree.exists(path) else None
        if source is None:
            continue
        if path.endswith(".json"):
            edits, title = _json(source), f"take out of {path} what JSON does not have: comments, a last comma"
            parsed = strict.parse
        else:
            edits, title = _toml(source), f"join the two tables of one name in {path}"
            parsed = toml.parse
        if edits and parsed(Source(path, apply(source.data, edits))).root is not None:
            yield Proposal(NAME, title, tuple(edits), names=NAMES)


def _json(source: Source) -> list[Edit]:
    document = jsonc.parse(source)
    if document.root is None:
        return []
    comments = {comment.span for comment in document.comments}
    edits = [_without(source.data, span) for span in comments]
    for node in document.root.walk():
        edits += _last_comma(source.data, node, comments)
    return edits


def _without(data: bytes, span: Span) -> Edit:
    """Delete a comment: its whole line if nothing else stands there, else with the blanks before it."""
    start, end = line_start(data, span.start), line_end(data, span.end)
    if not data[start : span.start].strip() and not data[span.end : end].strip():
        return Edit(Span(span.path, start, next_line(data, span.end)), "")
    blanks = len(data[start : span.start]) - len(data[start : span.start].rstrip(b" \t"))
    return Edit(Span(span.path, span.start - blanks, span.end), "")


def _last_comma(data: bytes, node: Node, comments: set[Span]) -> list[Edit]:
    spans = [entry.span for entry in node.entries.values()] or [item.span for item in node.items]
    if not spans:
        return []
    end = max(span.end for span in spans)
    at = data.rfind(b",", end, node.span.end)
    while at >= 0 and any(span.start <= at < span.end for span in comments):
        at = data.rfind(b",", end, at)
    return [Edit(Span(node.span.path, at, at + 1), "")] if at >= 0 else []


def _toml(source: Source) -> list[Edit]:
    """Move the pairs of the second table to the end of the first, unless both have one key."""
    try:
        sections = scan(source.data, 3 if source.has_bom else 0).sections
    except ScanError:
        return []
    seen: dict[tuple[str, ...], Section] = {}
    for section in sections:
        name = tuple(key_text(source.data, part) for part in section.keys)
        first = seen.setdefault(name, section)
        if first is section or section.array or not name:
            continue
        mine = {key_text(source.data, pair.keys[0]): pair for pair in section.pairs}
        theirs = {key_text(source.data, pair.keys[0]): pair for pair in first.pairs}
        moved = ""
        for key, pair in mine.items():
            text = source.data[pair.start : pair.end].decode("utf-8")
            if key not in theirs:
                moved += line_ending(source.data) + text
            elif text != source.data[theirs[key].start : theirs[key].end].decode("utf-8"):
                return []
        at = line_end(source.data, first.end)
        edits = [delete_lines(source.path, source.data, section.start, section.end)]
        return [*edits, Edit(Span(source.path, at, at), moved)] if moved else edits
    return []
