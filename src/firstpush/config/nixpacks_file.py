"""nixpacks.toml and nixpacks.json: a document goes in; the `Layer` that it means and its problems come out.

Nixpacks reads the file with serde, which ignores every key that it does not know, silently and at every level, and
stops at the first value of a wrong type. Both are problems here: the first a warning (the setting has no effect), the
second fatal (with the builder's own words).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from firstpush.config import serde_words
from firstpush.config.nixpacks_layer import (
    PHASE_ALIASES,
    PHASE_KEYS,
    PHASE_LISTS,
    START_KEYS,
    TOP_KEYS,
    Layer,
    PhaseLayer,
    Piece,
    Pieces,
    StartLayer,
)
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.origin import Command, FileOrigin
from firstpush.model.plan import PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.syntax.document import Document, Entry, Node


@dataclass(frozen=True, slots=True)
class NixpacksFile:
    """`layer` None: Nixpacks cannot read the file (the last problem is fatal)."""

    layer: Layer | None
    problems: tuple[PlanProblem, ...] = ()


class _WrongType(Exception):
    """Nixpacks stops here."""

    def __init__(self, message: str, span: Span, label: str) -> None:
        super().__init__(message)
        self.span = span
        self.label = label


@dataclass(slots=True)
class _Reader:
    document: Document
    json: bool
    place: str  # how the builder names the file
    problems: list[PlanProblem] = field(default_factory=list)

    # --- values ---

    def text(self, node: Node, route: tuple[str, ...], key: Span | None) -> Piece | None:
        if node.kind == "null" and self.json:
            return None
        if node.kind != "str" or node.text is None:
            raise self.wrong(node, route, key, "a string")
        return Command(node.text, FileOrigin(node.span))

    def texts(self, node: Node, route: tuple[str, ...], key: Span | None) -> Pieces | None:
        if node.kind == "null" and self.json:
            return None
        if node.kind != "list":
            raise self.wrong(node, route, key, "a sequence")
        return tuple(self.required(item, route, None) for item in node.items)

    def required(self, node: Node, route: tuple[str, ...], key: Span | None) -> Piece:
        """A text where `null` does not do."""
        if node.kind == "null":
            raise self.wrong(node, route, key, "a string")
        found = self.text(node, route, key)
        assert found is not None
        return found

    def mapping(self, node: Node, route: tuple[str, ...], key: Span | None) -> dict[str, Piece] | None:
        if node.kind == "null" and self.json:
            return None
        if node.kind != "map":
            raise self.wrong(node, route, key, "a map")
        return {name: self.required(entry.node, (*route, name), entry.key_span) for name, entry in node.entries.items()}

    def wrong(self, node: Node, route: tuple[str, ...], key: Span | None, expected: str) -> _WrongType:
        message = serde_words.invalid_type(self.document, node, route, expected, self.json)
        return _WrongType(message, serde_words.where(self.document, node, key), f"this must be {expected}")

    def struct(self, node: Node, route: tuple[str, ...], key: Span | None, name: str, elements: int) -> bool:
        """Whether the node can be a struct (False: null). An empty list is one with too few fields."""
        if node.kind == "null" and self.json:
            return False
        if node.kind == "list" and not node.items:
            if self.json:
                data = self.document.source.data
                start = data.rfind(b"\n", 0, node.span.end) + 1
                line = data.count(b"\n", 0, node.span.end) + 1
                at = f" at line {line} column {node.span.end - start}"
            else:
                at = serde_words.place(self.document, node, route, self.json)
            message = f"invalid length 0, expected struct {name} with {elements} elements{at}"
            raise _WrongType(message, node.span, "this must be a table")
        if node.kind != "map":
            raise self.wrong(node, route, key, f"struct {name}")
        return True

    # --- tables ---

    def phase(self, name: str, entry: Entry) -> PhaseLayer:
        node, route = entry.node, ("phases", name)
        if not self.struct(node, route, entry.key_span, "Phase", len(PHASE_KEYS)):
            raise self.wrong(node, route, entry.key_span, "struct Phase")
        values: dict[str, Any] = {}
        seen: dict[str, Entry] = {}
        for key, item in node.entries.items():
            canonical = PHASE_ALIASES.get(key, key)
            if canonical not in PHASE_KEYS:
                self.unknown(item, route, PHASE_KEYS + tuple(PHASE_ALIASES), "phase")
                continue
            if canonical in seen:
                at = serde_words.place(self.document, node, route, self.json)
                raise _WrongType(f"duplicate field `{canonical}`{at}", item.key_span, f"`{canonical}` is given twice")
            seen[canonical] = item
            if canonical in PHASE_LISTS:
                values[PHASE_LISTS[canonical]] = self.texts(item.node, (*route, key), item.key_span)
            else:
                found = self.text(item.node, (*route, key), item.key_span)
                if canonical == "nixpkgsArchive":
                    values["nixpkgs_archive"] = found
        return PhaseLayer(name, origin=FileOrigin(entry.key_span), **values)

    def start(self, entry: Entry) -> StartLayer | None:
        node, route = entry.node, ("start",)
        if not self.struct(node, route, entry.key_span, "StartPhase", len(START_KEYS)):
            return None
        values: dict[str, Any] = {}
        for key, item in node.entries.items():
            inner = (*route, key)
            match key:
                case "cmd":
                    values["cmd"] = self.text(item.node, inner, item.key_span)
                case "runImage":
                    values["run_image"] = self.text(item.node, inner, item.key_span)
                case "user":
                    values["user"] = self.text(item.node, inner, item.key_span)
                case "onlyIncludeFiles":
                    values["only_include_files"] = self.texts(item.node, inner, item.key_span)
                case _:
                    self.unknown(item, route, START_KEYS, "start")
        return StartLayer(**values)

    def plan(self, root: Node, route: tuple[str, ...] = ()) -> Layer:
        values: dict[str, Any] = {}
        for key, entry in root.entries.items():
            inner = (*route, key)
            match key:
                case "providers":
                    values["providers"] = self.texts(entry.node, inner, entry.key_span)
                case "buildImage":
                    values["build_image"] = self.text(entry.node, inner, entry.key_span)
                case "variables":
                    values["variables"] = self.mapping(entry.node, inner, entry.key_span)
                case "staticAssets":
                    values["static_assets"] = self.mapping(entry.node, inner, entry.key_span)
                case "phases":
                    values["phases"] = self.phases(entry)
                case "start":
                    values["start"] = self.start(entry)
                case "$schema":
                    pass
                case _:
                    self.unknown(entry, (), TOP_KEYS, "top")
        return Layer(**values)

    def phases(self, entry: Entry) -> dict[str, PhaseLayer]:
        if entry.node.kind == "null" and self.json:
            return {}
        if entry.node.kind != "map":
            raise self.wrong(entry.node, ("phases",), entry.key_span, "a map")
        return {name: self.phase(name, item) for name, item in entry.node.entries.items()}

    # --- keys that Nixpacks ignores ---

    def unknown(self, entry: Entry, route: tuple[str, ...], known: Iterable[str], level: str) -> None:
        written = ".".join((*route, entry.key))
        meant = _meant(entry.key, known, level)
        within = f"`[{'.'.join(route)}]`" if route else "the top level"
        if level == "top" and entry.node.kind != "map":
            written = f"{entry.key} ="
        shown = f"[{written}]" if entry.node.kind == "map" else entry.key
        known_as = f" (it is called `{meant}`)" if meant else ""
        message = f"Nixpacks ignores `{shown}`: it knows no such key at {within}{known_as}, and says nothing about it"
        self.problems.append(
            PlanProblem(
                key="nixpacks-unknown-key",
                cause=Cause.UNKNOWN_CONFIG_KEY,
                severity=Severity.WARNING,
                message=message,
                primary=Label(entry.key_span, f"did you mean `{meant}`?" if meant else "ignored"),
                help=f"write `{meant}`" if meant else "remove it, or use a key that Nixpacks knows",
                data={"key": entry.key, "route": list(route), "meant": meant},
            )
        )


def _meant(key: str, known: Iterable[str], level: str) -> str | None:
    """What was meant by an unknown key: a known mistake, or the nearest known key."""
    rows: Mapping[str, str] = table("nixpacks")["mistaken_keys"].get(level, {})
    if key in rows:
        return rows[key]
    names = list(known)
    folded = {name.replace("_", "").replace("-", "").lower(): name for name in names}
    plain = key.replace("_", "").replace("-", "").lower()
    if plain in folded:
        return folded[plain]
    from difflib import get_close_matches

    close = get_close_matches(plain, list(folded), n=1, cutoff=0.75)
    return folded[close[0]] if close else None


def read(document: Document, place: str | None = None) -> NixpacksFile:
    """The meaning of a nixpacks.toml or nixpacks.json. `place`: the path as the builder names it."""
    json = document.path.endswith(".json")
    name = place or document.path
    if document.root is None:
        return NixpacksFile(None, (_unparsable(document, name, json),))
    reader = _Reader(document, json, name)
    try:
        if not reader.struct(document.root, (), None, "BuildPlan", len(TOP_KEYS)):
            raise reader.wrong(document.root, (), None, "struct BuildPlan")
        layer = reader.plan(document.root)
    except _WrongType as error:
        problem = PlanProblem(
            key="nixpacks-config-type",
            cause=Cause.CONFIG_PARSE_ERROR,
            severity=Severity.ERROR,
            message=f"Nixpacks cannot read {name}: {error}",
            primary=Label(error.span, error.label),
            fatal=True,
            output=_output(name, str(error)),
        )
        return NixpacksFile(None, (*reader.problems, problem))
    return NixpacksFile(layer, tuple(reader.problems))


def read_plan(document: Document, node: Node) -> NixpacksFile:
    """The meaning of a plan object inside another file (`build.nixpacksPlan` of railway.json)."""
    reader = _Reader(document, True, document.path)
    try:
        return NixpacksFile(reader.plan(node), tuple(reader.problems))
    except _WrongType as error:
        problem = PlanProblem(
            key="nixpacks-config-type",
            cause=Cause.CONFIG_PARSE_ERROR,
            severity=Severity.ERROR,
            message=f"Nixpacks cannot read the plan in {document.path}: {str(error).split(' at line ')[0]}",
            primary=Label(error.span, error.label),
            fatal=True,
        )
        return NixpacksFile(None, (*reader.problems, problem))


def _unparsable(document: Document, name: str, json: bool) -> PlanProblem:
    problem = document.problems[0] if document.problems else None
    span = problem.span if problem else Span(document.path, 0, 0)
    said = problem.message if problem else "it cannot be parsed"
    output = None
    header = document.source.data.rfind(b"\n", 0, span.start) + 1
    if not json and said.startswith("Cannot declare") and document.source.data.startswith(b"[", header):
        line = document.source.position(span.start).line
        table_name = document.source.line_text(line).strip().split("]")[0].strip("[ ")
        said = f"redefinition of table `{table_name}` for key `{table_name}` at line {line} column 1"
        output = _output(name, said)
        span = Span(document.path, header, header + len(document.source.line_bytes(line)))
    return PlanProblem(
        key="nixpacks-config-parse",
        cause=Cause.CONFIG_PARSE_ERROR,
        severity=Severity.ERROR,
        message=f"Nixpacks cannot read {name}: {said}",
        primary=Label(span, said),
        fatal=True,
        output=output or f"Error: Failed to parse Nixpacks config file `{name}`",
    )


def _output(name: str, message: str) -> str:
    return f"Error: Failed to parse Nixpacks config file `{name}`\n\nCaused by:\n    {message}"
