"""Procfile as Nixpacks reads it: not Heroku's lines but a YAML map of strings.

In: the document of `syntax.procfile`; out: process type → command, with the places, and what YAML refuses. Source:
railwayapp/nixpacks src/providers/procfile.rs (serde_yaml 0.9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from firstpush.model.origin import Command, FileOrigin
from firstpush.model.text import Span, SpannedText
from firstpush.model.value import dataclass, field
from firstpush.syntax.document import Document

_NO_STRING = re.compile(r"(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?\d+(?:\.\d*)?|)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why YAML (or the builder) cannot take a line."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Procfile:
    """`unsure`: a line that YAML reads in a way that we do not model."""

    processes: Mapping[str, Command] = field(default_factory=dict)
    refusal: Refusal | None = None
    unsure: Span | None = None

    def start(self) -> tuple[str, Command] | None:
        """What Nixpacks starts: `web`, else `worker`, else the first by name; never `release`."""
        names = sorted(name for name in self.processes if name != "release")
        for name in ("web", "worker", *names):
            if name in names:
                return name, self.processes[name]
        return None


def read(document: Document) -> Procfile:
    """The processes of a Procfile."""
    data = document.source.data
    if document.root is None:
        problem = document.problems[0]
        return Procfile(refusal=Refusal(problem.message, problem.span))
    for problem in document.problems:
        if problem.message.startswith("duplicate"):
            continue
        line = data.rfind(b"\n", 0, problem.span.start) + 1
        if data[line : line + 1] in (b" ", b"\t") or data.startswith((b"---", b"..."), problem.span.start):
            return Procfile(unsure=problem.span)
        return Procfile(refusal=Refusal("this is no `name: command`", problem.span))
    processes: dict[str, Command] = {}
    for name, entry in document.root.entries.items():
        assert entry.node.text is not None
        if entry.node.text.text and data[entry.key_span.end : entry.node.span.start].lstrip() == b":":
            return Procfile(refusal=Refusal("YAML needs a space after the colon", entry.span))
        text = _scalar(entry.node.text)
        if isinstance(text, str):
            return Procfile(refusal=Refusal(text, entry.node.span))
        if text is None:
            return Procfile(unsure=entry.node.span)
        processes[name] = Command(text, FileOrigin(text.span() or entry.node.span))
    return Procfile(processes)


def _scalar(text: SpannedText) -> SpannedText | str | None:
    """What YAML reads: the text, an error message, or None (not modelled)."""
    value = text.text
    if value[:1] in ("'", '"'):
        quote = value[0]
        end = value.find(quote, 1)
        if end < 0 or "\\" in value[:end] or value.startswith(quote, end + 1):
            return None
        rest = value[end + 1 :].strip()
        if rest and not rest.startswith("#"):
            return "did not find expected key"
        return text.slice(1, end)
    if value[:1] in ("@", "`", "%"):
        return "found character that cannot start any token"
    if value[:1] in ("[", "]", "{", "}", "&", "*", "!", "|", ">", ",", "?"):
        return None
    comment = re.search(r"(?:^|\s)#", value)
    if comment:
        value = value[: comment.start()].rstrip()
        text = text.slice(0, len(value))
    if re.search(r":(?:\s|$)", value):
        return "mapping values are not allowed in this context"
    if _NO_STRING.fullmatch(value):
        return "invalid type: expected a string"
    return text
