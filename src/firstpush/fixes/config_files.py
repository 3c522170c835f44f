"""One way to read and edit a configuration, whatever carries it: TOML, JSON, or a table inside a larger file.

In: a tree and a path. Out: a `ConfigFile`: nodes by route, changes by route, and in the end the edits that they make.
Routes are relative to `base` (`build.nixpacksPlan` of a railway.json holds the same keys as a nixpacks.toml).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from firstpush.fixes.workspace import Piece, Pieces, as_edits, edit_pieces
from firstpush.model.diagnostic import Edit
from firstpush.model.text import SpannedText
from firstpush.project.tree import ProjectTree
from firstpush.syntax import json as json_syntax
from firstpush.syntax import json_edit, line_edit, procfile, toml, toml_edit
from firstpush.syntax.document import Document, Node
from firstpush.syntax.edit import apply, ordered
from firstpush.syntax.source import Source

Route = tuple[str | int, ...]


class Unreadable(Exception):
    """The file cannot be parsed (or could not be after a change)."""


class ConfigFile:
    """A parsed file and the edits made to it so far: every change is made on the text after the one before."""

    def __init__(self, source: Source, base: Route = ()) -> None:
        self.base = base
        self.original = source
        self.pieces: Pieces = (Piece(0, len(source.data)),)
        self._read(source)

    def _read(self, source: Source) -> None:
        if source.path.endswith(".toml"):
            self.document: Document = toml.parse(source)
        else:
            self.document = json_syntax.parse(source)
        if self.document.root is None or self.document.root.kind != "map":
            raise Unreadable(source.path)
        self.editor: toml_edit.TomlEditor | json_edit.JsonEditor
        if source.path.endswith(".toml"):
            self.editor = toml_edit.TomlEditor(source)
        else:
            self.editor = json_edit.JsonEditor(self.document)

    def copy(self) -> ConfigFile:
        """The file as it was read, to be edited in another way."""
        return ConfigFile(self.original, self.base)

    def edits(self) -> tuple[Edit, ...]:
        """All changes so far, in terms of the file as it was read."""
        return as_edits(self.path, self.pieces, len(self.original.data))

    def change(self, edits: Iterable[Edit]) -> None:
        """Make edits whose spans count in the text as it is now. Raises Unreadable when that breaks the file."""
        group = ordered(edits)
        data = apply(self.document.source.data, group)
        self.pieces = edit_pieces(self.pieces, group)
        self._read(Source(self.path, data))

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def is_json(self) -> bool:
        return isinstance(self.editor, json_edit.JsonEditor)

    # --- reading ---

    def get(self, *route: str | int) -> Node | None:
        root = self.document.root
        return None if root is None else root.get(*self.base, *route)

    def keys(self, *route: str | int) -> tuple[str, ...]:
        node = self.get(*route)
        return () if node is None else tuple(node.entries)

    def strings(self, *route: str | int) -> tuple[str, ...]:
        """The strings of a list (or a single string)."""
        node = self.get(*route)
        if node is None:
            return ()
        items = node.items if node.kind == "list" else (node,)
        return tuple(item.value for item in items if item.kind == "str")

    def empty_without(self, *routes: Route) -> bool:
        """Nothing but these keys is said in the file."""
        root = self.get()
        return root is not None and not self.base and _only(root, (), routes)

    # --- writing ---

    def quoted(self, value: str) -> str:
        """`value` as the file writes strings."""
        return json_edit.quoted(value) if self.is_json else toml_edit.quoted(value, self._quote())

    def _quote(self) -> str:
        """The quotes of the file's first string."""
        root = self.document.root
        if root is not None:
            for node in root.walk():
                if node.kind == "str":
                    return "'" if self.document.source.data[node.span.start : node.span.start + 1] == b"'" else '"'
        return '"'

    def listed(self, values: Sequence[str]) -> str:
        return "[" + ", ".join(self.quoted(value) for value in values) + "]"

    def delete(self, *route: str | int) -> None:
        self.change(self.editor.delete(*self.base, *route))

    def rename(self, *route: str | int, name: str) -> None:
        self.change(self.editor.rename_key(*self.base, *route, name=name))

    def set_string(self, *route: str | int, value: str) -> None:
        """Set or add a string."""
        if self.get(*route) is None:
            self.add(*route, text=self.quoted(value))
        else:
            self.change([self.editor.set_string(*self.base, *route, value=value)])

    def set_text(self, *route: str | int, text: str) -> None:
        """Set or add a value, written as the format writes it."""
        if self.get(*route) is None:
            self.add(*route, text=text)
        else:
            self.change([self.editor.set_value(*self.base, *route, text=text)])

    def set_strings(self, *route: str | int, values: Sequence[str]) -> None:
        """Make a list of strings this one. Items that stay keep their place, quotes and comments."""
        node = self.get(*route)
        if node is None or node.kind != "list" or not node.items or not values:
            self.set_text(*route, text=self.listed(values))
            return
        current = list(self.strings(*route))
        for index in range(len(current) - 1, -1, -1):
            if len(current) > len(values) and (current[index] not in values or current.count(current[index]) > 1):
                self.delete(*route, index)
                del current[index]
        while len(current) > len(values):
            self.delete(*route, len(current) - 1)
            current.pop()
        for index, value in enumerate(values):
            if index >= len(current):
                self.insert_item(*route, index=index, value=value)
            elif current[index] != value:
                self.set_string(*route, index, value=value)

    def insert_item(self, *route: str | int, index: int, value: str) -> None:
        self.change(self.editor.insert_item(*self.base, *route, index=index, text=self.quoted(value)))

    def add(self, *route: str | int, text: str) -> None:
        """Add a key with a value; missing tables on the way are made."""
        *parents, name = (*self.base, *route)
        root = self.document.root
        if self.is_json:
            while root is not None and parents and root.get(*parents) is None:
                text = "{" + f"{json_edit.quoted(str(name))}: {text}" + "}"
                name = parents.pop()
        self.change(self.editor.insert_key(*parents, name=str(name), text=text))


def _only(node: Node, at: Route, routes: Sequence[Route]) -> bool:
    if at in routes:
        return True
    return node.kind == "map" and all(_only(entry.node, (*at, key), routes) for key, entry in node.entries.items())


def open_config(tree: ProjectTree, path: str, base: Route = ()) -> ConfigFile | None:
    """The file as configuration, or None when it is not there, cannot be parsed or is of another format."""
    source = tree.source(path) if tree.exists(path) else None
    if source is None or not path.endswith((".toml", ".json")):
        return None
    try:
        return ConfigFile(source, base)
    except Unreadable:
        return None


def replace_command(tree: ProjectTree, text: SpannedText, start: int, end: int, new: str) -> Edit | None:
    """Replace characters of a command wherever it stands: escaped in TOML and JSON, as it is in a Procfile or script.
    None when it stands in no file or in a format that cannot be edited."""
    if text.path is None:
        return None
    if text.path.endswith((".toml", ".json")):
        config = open_config(tree, text.path)
        if config is None:
            return None
        try:
            return config.editor.replace_inside(text, start, end, new)
        except KeyError:
            return None
    name = text.path.rsplit("/", 1)[-1]
    if name == "Procfile" or name.endswith(".sh"):
        return line_edit.replace_inside(text, start, end, new)
    return None


def procfile_of(tree: ProjectTree, path: str) -> Document | None:
    """The Procfile at a path."""
    source = tree.source(path) if tree.exists(path) else None
    return None if source is None else procfile.parse(source)
