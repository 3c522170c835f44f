"""What a vercel.json says. In: the file's `Source`. Out: a `VercelJson`: typed values, each with its place.

Also `.vercel/project.json`, which `vercel pull` writes: the dashboard's settings as they were then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstpush.model.origin import Command, FileOrigin, Located
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.syntax import json as json_syntax
from firstpush.syntax.document import Document, Entry, Node
from firstpush.syntax.source import Source

#: Settings of the dashboard that vercel.json overrides when it has them (null counts).
OVERRIDES = ("buildCommand", "devCommand", "framework", "ignoreCommand", "installCommand", "outputDirectory")


@dataclass(frozen=True, slots=True)
class Setting:
    """One of `OVERRIDES`: its value (None: null), its command when it is one, and the whole `key: value` pair."""

    value: str | None
    origin: FileOrigin
    entry: Entry
    command: Command | None = None


@dataclass(frozen=True, slots=True)
class Build:
    """An item of `builds`. `span`: the item; `use`/`src` with the places of their values; `config` as plain values."""

    use: Located[str]
    src: Located[str] | None
    span: Span
    config: Mapping[str, Any] = field(default_factory=dict)
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """An item of `functions`: the pattern, the place of the pattern, the whole pair, the settings."""

    pattern: str
    span: Span
    entry: Entry
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VercelJson:
    """A vercel.json. `document.root` None: it is no JSON (see `document.problems`)."""

    document: Document
    settings: Mapping[str, Setting] = field(default_factory=dict)
    builds: tuple[Build, ...] = ()
    functions: tuple[FunctionRule, ...] = ()

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def root(self) -> Node | None:
        root = self.document.root
        return root if root is not None and root.kind == "map" else None

    def entry(self, key: str) -> Entry | None:
        """The top-level pair of that name."""
        return self.root.entries.get(key) if self.root is not None else None


def read(source: Source) -> VercelJson:
    """Parse a vercel.json (strict JSON: Vercel takes no comments and no trailing commas). Never raises."""
    document = json_syntax.parse(source)
    root = document.root
    if root is None or root.kind != "map":
        return VercelJson(document)
    return VercelJson(document, _settings(root), _builds(root), _functions(root))


def _settings(root: Node) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for key in OVERRIDES:
        entry = root.entries.get(key)
        if entry is None:
            continue
        node = entry.node
        origin = FileOrigin(node.span)
        if node.kind == "str" and node.text is not None:
            found[key] = Setting(node.text.text, origin, entry, Command(node.text, origin))
        elif node.kind == "null":
            found[key] = Setting(None, origin, entry)
    return found


def _builds(root: Node) -> tuple[Build, ...]:
    node = root.get("builds")
    found: list[Build] = []
    for item in node.items if node is not None and node.kind == "list" else ():
        use, src, config = item.get("use"), item.get("src"), item.get("config")
        if use is None or use.kind != "str":
            continue
        located = Located(str(src.value), FileOrigin(src.span)) if src is not None and src.kind == "str" else None
        values = config.value if config is not None and config.kind == "map" else {}
        found.append(Build(Located(str(use.value), FileOrigin(use.span)), located, item.span, values, item))
    return tuple(found)


def _functions(root: Node) -> tuple[FunctionRule, ...]:
    node = root.get("functions")
    if node is None or node.kind != "map":
        return ()
    return tuple(
        FunctionRule(pattern, entry.key_span, entry, entry.node.value if entry.node.kind == "map" else {})
        for pattern, entry in node.entries.items()
    )


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """`.vercel/project.json`: the settings that `vercel pull` stored. `framework`: None for the preset Other."""

    path: str
    values: Mapping[str, Any]
    nodes: Mapping[str, Node]

    @property
    def root_directory(self) -> str | None:
        value = self.values.get("rootDirectory")
        return value.strip("/") if isinstance(value, str) and value.strip("/.") else None


def read_settings(source: Source) -> DashboardSettings | None:
    """The settings, or None when the file is no JSON or has none."""
    root = json_syntax.parse(source).root
    settings = root.get("settings") if root is not None and root.kind == "map" else None
    if settings is None or settings.kind != "map":
        return None
    nodes = {key: entry.node for key, entry in settings.entries.items()}
    return DashboardSettings(source.path, settings.value, nodes)
