"""Edits of TOML files: a `Source` that parses and a route of keys and indexes go in, `Edit`s come out.

Every function raises KeyError for a route that is not in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span, SpannedText
from firstpush.model.value import dataclass
from firstpush.syntax.edit import append_lines, apply, delete_lines, indentation, line_end, line_ending
from firstpush.syntax.sequence import Container
from firstpush.syntax.source import Source
from firstpush.syntax.toml import decode_string, key_text
from firstpush.syntax.toml_cst import Pair, ScanError, Section, Token, TomlSyntax, scan, scan_value

Route = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def quoted(value: str, quote: str = '"') -> str:
    """`value` as a TOML string; a literal style that cannot hold it becomes a basic string."""
    if quote in ("'", "'''"):
        plain = all((c >= " " and c != "\x7f") or c == "\t" for c in value)
        if plain and quote[0] not in value:
            return f"{quote}{value}{quote}"
        quote = '"'
    inside = inner(value, quote)
    if quote == '"""' and inside.startswith("\n"):
        inside = "\n" + inside  # the first line end after the quotes is trimmed
    return f"{quote}{inside}{quote}"


def inner(value: str, quote: str) -> str:
    """`value` as it stands between basic quotes."""
    out: list[str] = []
    for character in value:
        if quote == '"""' and character == "\n":
            out.append("\n")
        elif character in _ESCAPES:
            out.append(_ESCAPES[character])
        elif character < " " or character == "\x7f":
            out.append(f"\\u{ord(character):04X}")
        else:
            out.append(character)
    return "".join(out)


def key(name: str) -> str:
    """`name` as a TOML key."""
    return name if _BARE.match(name) else quoted(name)


@dataclass(frozen=True, slots=True)
class _Place:
    """Something that a route names: a whole section, a pair of a section, or an element of an inline container."""

    section: Section
    pair: Pair | None = None
    container: Container | None = None
    index: int = 0
    token: Token | None = None
    exact: bool = True  # False: a dotted key that goes on beyond the route


class TomlEditor:
    """Edits of one file. Routes use the decoded keys; an index selects an item of an array (or array of tables)."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data = source.data
        self.path = source.path
        self.syntax: TomlSyntax = scan(source.data, 3 if source.has_bom else 0)
        self._routes = self._section_routes()

    def _section_routes(self) -> list[Route]:
        routes: list[Route] = []
        counts: dict[Route, int] = {}
        for section in self.syntax.sections:
            route: Route = ()
            for position, part in enumerate(section.keys):
                route += (key_text(self.data, part),)
                last = position == len(section.keys) - 1
                if section.array and last:
                    counts[route] = counts.get(route, -1) + 1
                if route in counts:
                    route += (counts[route],)
            routes.append(route)
        return routes

    def _places(self, route: Route) -> Iterator[_Place]:
        for section, base in zip(self.syntax.sections, self._routes, strict=True):
            if base[: len(route)] == route and base:
                yield _Place(section)
            elif route[: len(base)] == base:
                for pair in section.pairs:
                    full = base + tuple(key_text(self.data, part) for part in pair.keys)
                    if full[: len(route)] == route:
                        yield _Place(section, pair, token=pair.token, exact=full == route)
                    elif route[: len(full)] == full:
                        yield from self._inside(section, pair.token, route[len(full) :])

    def _inside(self, section: Section, token: Token, route: Route) -> Iterator[_Place]:
        container = self._container(token)
        if token.kind == "list" and isinstance(route[0], int) and 0 <= route[0] < len(token.items):
            item = token.items[route[0]]
            if len(route) == 1:
                yield _Place(section, None, container, route[0], item)
            else:
                yield from self._inside(section, item, route[1:])
        elif token.kind == "map":
            for index, pair in enumerate(token.pairs):
                full = tuple(key_text(self.data, part) for part in pair.keys)
                if full[: len(route)] == route:
                    yield _Place(section, None, container, index, pair.token, full == route)
                elif route[: len(full)] == full:
                    yield from self._inside(section, pair.token, route[len(full) :])

    def _container(self, token: Token) -> Container:
        if token.kind == "map":
            elements = [(pair.start, pair.end) for pair in token.pairs]
        else:
            elements = [(item.start, item.end) for item in token.items]
        return Container(self.path, self.data, token.start, token.end, elements, "#")

    def _token(self, route: Route) -> Token:
        for place in self._places(route):
            if place.token is not None and place.exact:
                return place.token
        raise KeyError(route)

    def delete(self, *route: str | int) -> list[Edit]:
        """Delete a key, an item, or a table with all that stands in it. Comments outside of it stay."""
        edits: list[Edit] = []
        for place in self._places(route):
            if place.container is not None:
                edits += place.container.delete(place.index)
            elif place.pair is not None:
                edits.append(delete_lines(self.path, self.data, place.pair.start, place.pair.end))
            else:
                edits.append(delete_lines(self.path, self.data, place.section.start, place.section.end))
        if not edits:
            raise KeyError(route)
        return _joined(edits)

    def set_string(self, *route: str | int, value: str) -> Edit:
        """Replace a string (or another value) by a string, in its quotes where they can hold it."""
        token = self._token(route)
        quote = token.quote.decode() if token.kind == "str" else '"'
        if quote == '"""' or quote == "'''":
            quote = '"' if "\n" not in value else quote
        text = quoted(value, quote)
        return Edit(Span(self.path, token.start, token.end), text.replace("\n", line_ending(self.data)))

    def set_value(self, *route: str | int, text: str) -> Edit:
        """Replace a value by `text`, TOML as it is to stand in the file."""
        token = self._token(route)
        return Edit(Span(self.path, token.start, token.end), text)

    def replace_inside(self, text: SpannedText, start: int, end: int, new: str) -> Edit:
        """Replace characters `start` to `end` of a string's text, escaped for the quotes that it stands in."""
        span = text.span(start, end)
        token = None if span is None else self._string_at(span)
        if span is None or token is None:
            raise KeyError(text.text)
        quote = token.quote.decode()
        wanted = text.text[:start] + new + text.text[end:]
        edit = Edit(span, new if quote[0] == "'" else inner(new, quote))
        fits = quote[0] == '"' or quoted(new, "'")[0] == "'"
        if fits and self._says(token, edit, wanted):
            return edit
        # A literal string that cannot hold it, or blanks that a line-ending backslash or the opening quotes would trim.
        whole = quoted(wanted, '"""' if "\n" in wanted else '"').replace("\n", line_ending(self.data))
        return Edit(Span(self.path, token.start, token.end), whole)

    def _says(self, token: Token, edit: Edit, wanted: str) -> bool:
        """The string reads as wanted once the edit is made."""
        data = apply(self.data, [edit])
        try:
            after = scan_value(data, token.start)
        except ScanError:
            return False
        same_end = after.end == token.end + len(data) - len(self.data)
        return after.kind == "str" and same_end and decode_string(data, self.path, after, after.quote).text == wanted

    def _string_at(self, span: Span) -> Token | None:
        pending = [pair.token for section in self.syntax.sections for pair in section.pairs]
        while pending:
            token = pending.pop()
            if token.start <= span.start and span.end <= token.end:
                if token.kind == "str":
                    return token
                pending += [*token.items, *(pair.token for pair in token.pairs)]
        return None

    def rename_key(self, *route: str | int, name: str) -> list[Edit]:
        """Give the last key of a route another name wherever it is written."""
        edits: list[Edit] = []
        depth = len([part for part in route if isinstance(part, str)]) - 1
        for place in self._places(route):
            if place.pair is not None:
                base = self._routes[self.syntax.sections.index(place.section)]
                position = len(route) - len(base) - 1
                part = place.pair.keys[position]
            elif place.container is not None and place.token is not None:
                raise KeyError(route)
            else:
                part = place.section.keys[depth]
            edits.append(Edit(Span(self.path, part.start, part.end), key(name)))
        if not edits:
            raise KeyError(route)
        return edits

    def insert_item(self, *route: str | int, index: int, text: str) -> list[Edit]:
        """Put `text` (TOML) into an array before item `index`."""
        token = self._token(route)
        if token.kind != "list":
            raise KeyError(route)
        return self._container(token).insert(index, text)

    def insert_key(self, *route: str | int, name: str, text: str) -> list[Edit]:
        """Add `name = text` (TOML) as last key of a table; the table's header is added where it is missing."""
        line = f"{key(name)} = {text}"
        for section, base in zip(reversed(self.syntax.sections), reversed(self._routes), strict=True):
            if base != route or (not base and not section.pairs):
                continue
            ending = line_ending(self.data)
            after = section.pairs[-1] if section.pairs else None
            at = line_end(self.data, after.end if after else section.header_end)
            indent = indentation(self.data, after.start if after else section.start)
            return [Edit(Span(self.path, at, at), f"{ending}{indent}{line}")]
        for place in self._places(route):
            dotted = self._dotted(place, route)
            if dotted is not None and place.pair is not None:
                at = line_end(self.data, place.pair.end)
                indent = indentation(self.data, place.pair.start)
                return [Edit(Span(self.path, at, at), f"{line_ending(self.data)}{indent}{dotted}.{line}")]
            if place.token is not None and place.token.kind == "map" and place.exact:
                container = self._container(place.token)
                padded = line if place.token.pairs else f" {line} "
                return container.insert(len(container.elements), padded)
            if place.container is not None:
                raise KeyError(route)
        if not route:
            start = 3 if self.source.has_bom else 0
            ending = line_ending(self.data)
            gap = ending if self.data.startswith(b"[", start) else ""
            return [Edit(Span(self.path, start, start), line + ending + gap)]
        header = ".".join(key(str(part)) for part in route)
        return [append_lines(self.path, self.data, [f"[{header}]", line], blank_before=True)]

    def _dotted(self, place: _Place, route: Route) -> str | None:
        """How the route is written where a dotted key (`install.cmds = …` under `[phases]`) makes its table."""
        if place.pair is None:
            return None
        base = self._routes[self.syntax.sections.index(place.section)]
        own = len(route) - len(base)
        if len(place.pair.keys) <= own:
            return None
        return self.data[place.pair.start : place.pair.keys[own - 1].end].decode("utf-8")


def _joined(edits: list[Edit]) -> list[Edit]:
    """Neighbouring deletions that overlap (a blank line claimed by both) become one."""
    joined: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.span):
        if joined and edit.span.start < joined[-1].span.end:
            last = joined.pop()
            edit = Edit(Span(edit.span.path, last.span.start, max(last.span.end, edit.span.end)), "")
        joined.append(edit)
    return joined
