"""Suppression comments of a file: a `Source` in, what its comments silence out.

`# firstpush: ignore[FP101] reason` (`//` in JSON with comments) silences the findings on its line; alone on a line,
those of the next line too. Which characters are a comment is decided by the file's own syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.syntax.source import Source

MARKER = b"firstpush:"
DIRECTIVE = re.compile(
    r"(?:#|//|/\*)+\s*firstpush:\s*ignore\b(?:\[(?P<rules>[^\]]*)\])?(?P<reason>[^\r\n]*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Directive:
    """One comment. `lines`: 1-based lines whose findings it silences; `rules`: codes or names, empty when it names
    none."""

    span: Span
    rules: tuple[str, ...]
    reason: str
    lines: tuple[int, ...]


def directives(source: Source) -> list[Directive]:
    """The suppression comments of a file, in order. Never raises for any bytes."""
    if MARKER not in source.data:  # nearly every file: nothing is parsed
        return []
    found = []
    for span in comments(source):
        text = source.data[span.start : span.end].decode("utf-8", "replace")
        match = DIRECTIVE.match(text)
        if match is None:
            continue
        rules = tuple(part for part in re.split(r"[,\s]+", match["rules"] or "") if part)
        reason = match["reason"].strip().removesuffix("*/").strip().lstrip("-–—:").strip()
        found.append(Directive(span, rules, reason, _lines(source, span)))
    return found


def _lines(source: Source, span: Span) -> tuple[int, ...]:
    """The comment's line; with nothing before it, also the next line that is no comment of this kind."""
    line = source.position(span.start).line
    column = source.position(span.start).column
    if source.line_text(line)[: column - 1].strip():
        return (line,)
    following = line + 1
    while following < source.line_count and _is_directive(source.line_text(following)):
        following += 1
    return (line, following)


def _is_directive(text: str) -> bool:
    return DIRECTIVE.match(text.strip()) is not None


def comments(source: Source) -> Iterable[Span]:
    """The comments of a file by its kind; a kind that is not known is read with `#` as in a shell."""
    name = source.path.rsplit("/", 1)[-1].lower()
    if name.endswith((".toml", ".lock")) or name == "pipfile":
        from firstpush.syntax import toml

        return [comment.span for comment in toml.parse(source).comments]
    if name.endswith((".json", ".jsonc", ".json5")):
        from firstpush.syntax import jsonc

        return [comment.span for comment in jsonc.parse(source).comments]
    if name.endswith(".py"):
        return python_comments(source)
    if name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile"):
        return whole_line_comments(source)
    return hash_comments(source)


def whole_line_comments(source: Source) -> Iterator[Span]:
    """Dockerfiles: `#` is a comment only at the beginning of a line."""
    for line, start in _line_starts(source):
        stripped = line.lstrip()
        if stripped.startswith(b"#"):
            at = start + len(line) - len(stripped)
            yield Span(source.path, at, start + len(line.rstrip()))


def hash_comments(source: Source) -> Iterator[Span]:
    """YAML, shell, requirements files, Procfiles: `#` at the beginning of a word and outside quotes."""
    for line, start in _line_starts(source):
        quote = 0
        at = 0
        while at < len(line):
            byte = line[at]
            if quote:
                if byte == 0x5C and quote == 0x22:
                    at += 1
                elif byte == quote:
                    quote = 0
            elif byte in (0x22, 0x27):
                quote = byte
            elif byte == 0x23 and (at == 0 or line[at - 1 : at].isspace()):
                yield Span(source.path, start + at, start + len(line.rstrip()))
                break
            at += 1


def python_comments(source: Source) -> Iterator[Span]:
    """The tokenizer decides; what is no Python has no comments from the error on."""
    import io
    import tokenize

    starts = [start for _, start in _line_starts(source)]
    try:
        for token in tokenize.tokenize(io.BytesIO(source.data).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                before = len(token.line[:column].encode("utf-8")) + (3 if row == 1 and source.has_bom else 0)
                at = starts[row - 1] + before
                yield Span(source.path, at, at + len(token.string.encode("utf-8")))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _line_starts(source: Source) -> Iterator[tuple[bytes, int]]:
    at = 0
    for line in source.data.split(b"\n"):
        yield line, at
        at += len(line) + 1
