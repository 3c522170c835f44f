"""Edits touch only what they name: the parsed values differ there and nowhere else, and all other bytes stay."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.model.diagnostic import Edit
from firstpush.model.text import Span
from firstpush.syntax import json as strict
from firstpush.syntax import jsonc, line_edit, procfile, toml
from firstpush.syntax.document import Node
from firstpush.syntax.edit import Overlap, apply, delete_lines, ordered
from firstpush.syntax.json_edit import JsonEditor
from firstpush.syntax.source import Source
from firstpush.syntax.toml_edit import TomlEditor, quoted
from tests.syntax.test_spans_json import files as json_files
from tests.syntax.test_spans_toml import SEEDS
from tests.syntax.test_spans_toml import files as toml_files

Route = tuple[str | int, ...]
REAL_TOML = [
    *SEEDS,
    (
        b'\xef\xbb\xbf# Railway\r\nproviders = ["python"] # one\r\n\r\n[phases.setup]\r\n  nixPkgs = [\r\n'
        b'    "python311", # py\r\n'
        b'    "pip" # not an attribute\r\n  ]\r\n\r\n# how\r\n[phases.install]\r\n'
        b"cmds = ['pip install -r requirements.txt',]\r\n\r\n[start]\r\ncmd = 'uvicorn main:app' # go"
    ),
    b'[phases]\ninstall.cmds = ["a"]\ninstall.paths = ["/opt/venv/bin"]\nsetup = { nixPkgs = ["x", "y"], "q r" = 1 }\n',
    b'[variables]\nA = "1"\n\n\n[variables.x]\n[[list]]\na = 1\n[[list]]\nb = [ [1, 2], # c\n [3] ]\n',
]
REAL_JSON = [
    (
        b'{\n  "$schema": "x",\n  "build": {\n    "builder": "NIXPACKS",\n    "a": []\n  },\n'
        b'  "deploy": {"startCommand": "x"}\n}\n'
    ),
    (
        b'{\r\n\t"installCommand": "pip install",\r\n\t"builds": [\r\n\t\t{"src": "a.py", "use": "b"},\r\n'
        b"\t\t{}\r\n\t]\r\n}"
    ),
    b'{"a":1,"b":[1,2,3],"c":{"d":null}}',
    b'\xef\xbb\xbf{ "a" : 1 , "b" : [ 1 , 2 ] }',
]
JSONC = b'{\n  // one\n  "a": [\n    1, // first\n    2, /* second */\n  ],\n  "b": {}, // b\n}\n'


def routes(node: Node, base: Route = ()) -> list[Route]:
    found: list[Route] = []
    for key, entry in node.entries.items():
        found += [(*base, key), *routes(entry.node, (*base, key))]
    for index, item in enumerate(node.items):
        found += [(*base, index), *routes(item, (*base, index))]
    return found


def without(value: Any, route: Route) -> Any:
    value = copy.deepcopy(value)
    inner = value
    for key in route[:-1]:
        inner = inner[key]
    del inner[route[-1]]
    return value


def pruned(value: Any, route: Route) -> Any:
    """Tables that are empty on the way are dropped: a table of dotted keys is gone with its last key."""
    value = copy.deepcopy(value)
    for depth in range(len(route) - 1, 0, -1):
        parent = value
        for key in route[: depth - 1]:
            parent = parent.get(key, {}) if isinstance(parent, dict) else parent[key] if key < len(parent) else {}
        if isinstance(parent, dict) and parent.get(route[depth - 1], None) in ({}, []):
            del parent[route[depth - 1]]
    return value


def canonical(value: Any) -> str:
    """For comparison: the order of keys does not matter, nan equals nan."""
    return json.dumps(value, sort_keys=True, default=repr)


def same_but_empty(after: Any, expected: Any, route: Route) -> bool:
    return canonical(pruned(after, route)) == canonical(pruned(expected, route))


def check_toml_deletion(data: bytes, choice: int) -> None:
    document = toml.parse(Source("n.toml", data))
    if document.root is None or not (names := routes(document.root)):
        return
    route = names[choice % len(names)]
    edits = TomlEditor(document.source).delete(*route)
    after_data = apply(data, edits)
    after = toml.parse(Source("n.toml", after_data))
    assert after.root is not None, (route, after_data, after.problems)
    assert same_but_empty(after.root.value, without(document.root.value, route), route), (route, after_data)
    assert after_data.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    if after_data.removeprefix(b"\xef\xbb\xbf"):
        assert after_data.endswith(b"\n") == data.endswith(b"\n") or all(edit.text == "" for edit in edits)
    assert b"\r" in data or b"\r" not in after_data


@given(st.sampled_from(REAL_TOML), st.integers(0, 50))
@settings(max_examples=150, deadline=None)
def test_deletion_from_real_toml(data: bytes, choice: int) -> None:
    check_toml_deletion(data, choice)


@given(toml_files(), st.integers(0, 50))
@settings(max_examples=200, deadline=None)
def test_deletion_from_any_toml(data: bytes, choice: int) -> None:
    check_toml_deletion(data, choice)


@given(st.sampled_from(REAL_TOML) | toml_files(), st.integers(0, 50), st.text(max_size=8))
@settings(max_examples=250, deadline=None)
def test_toml_strings_and_keys(data: bytes, choice: int, text: str) -> None:
    document = toml.parse(Source("n.toml", data))
    if document.root is None or not (names := routes(document.root)):
        return
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    route = names[choice % len(names)]
    node = document.root.get(*route)
    assert node is not None
    editor = TomlEditor(document.source)
    if node.kind == "str":
        after = toml.parse(Source("n.toml", apply(data, [editor.set_string(*route, value=text)])))
        assert after.root is not None
        changed = after.root.get(*route)
        assert changed is not None
        assert changed.value == text
        assert node.text is not None
        cut = len(node.value) // 2
        after = toml.parse(Source("n.toml", apply(data, [editor.replace_inside(node.text, 0, cut, text)])))
        assert after.root is not None
        changed = after.root.get(*route)
        assert changed is not None
        assert changed.value == text + node.value[cut:]
    elif node.kind == "map":
        try:
            edits = editor.insert_key(*route, name="a new key", text=quoted(text))
        except KeyError:
            return  # a table of dotted keys within an inline table
        after = toml.parse(Source("n.toml", apply(data, edits)))
        assert after.root is not None, (route, apply(data, edits), after.problems)
        inner = after.root.get(*route)
        assert inner is not None
        assert canonical(inner.value) == canonical({**node.value, "a new key": text})
    elif node.kind == "list" and (not node.items or data[node.span.start : node.span.start + 2] != b"[["):
        for index in (0, len(node.items)):
            try:
                edits = editor.insert_item(*route, index=index, text=quoted(text))
            except KeyError:
                continue  # an array of tables
            after = toml.parse(Source("n.toml", apply(data, edits)))
            assert after.root is not None, (apply(data, edits), after.problems)
            inner = after.root.get(*route)
            assert inner is not None
            assert canonical(inner.value) == canonical([*node.value[:index], text, *node.value[index:]])


@given(st.sampled_from(REAL_JSON) | json_files().map(lambda file: file[0]), st.integers(0, 50), st.text('a"é\n😀'))
@settings(max_examples=300, deadline=None)
def test_json(data: bytes, choice: int, text: str) -> None:
    document = strict.parse(Source("v.json", data))
    if document.root is None or not (names := routes(document.root)):
        return
    route = names[choice % len(names)]
    node = document.root.get(*route)
    assert node is not None
    editor = JsonEditor(document)

    def value_after(edits: list[Edit]) -> Any:
        return json.loads(apply(data, edits).decode("utf-8-sig"))

    assert value_after(editor.delete(*route)) == without(document.root.value, route)
    assert strict.parse(Source("v", apply(data, [editor.set_string(*route, value=text)]))).root is not None
    if node.kind == "map":
        expected = {**node.value, "new key": text}
        after = strict.parse(Source("v", apply(data, editor.insert_key(*route, name="new key", text=json.dumps(text)))))
        assert after.root is not None
        changed = after.root.get(*route)
        assert changed is not None
        assert changed.value == expected
    if node.kind == "list":
        for index in (0, len(node.items)):
            after = strict.parse(
                Source("v", apply(data, editor.insert_item(*route, index=index, text=json.dumps(text))))
            )
            assert after.root is not None
            changed = after.root.get(*route)
            assert changed is not None
            assert changed.value == [*node.value[:index], text, *node.value[index:]]


@pytest.mark.parametrize("route", [("a",), ("a", 0), ("a", 1), ("b",)])
def test_jsonc_keeps_comments_of_others(route: Route) -> None:
    document = jsonc.parse(Source("w.jsonc", JSONC))
    assert document.root is not None
    after = jsonc.parse(Source("w.jsonc", apply(JSONC, JsonEditor(document, comments=True).delete(*route))))
    assert after.root is not None
    assert after.root.value == without(document.root.value, route)
    assert "// one" in [comment.text for comment in after.comments]


def edited(data: bytes, edits: list[Edit]) -> bytes:
    return apply(data, edits)


def test_deletions_look_as_a_person_would_make_them() -> None:
    data = b'# top\n\n[phases.setup]\nnixPkgs = ["python311", "pip"] # why\n\n# keep\n[phases.install]\ncmds = ["x"]\n'
    editor = TomlEditor(Source("n.toml", data))
    assert edited(data, editor.delete("phases", "setup")) == b'# top\n\n# keep\n[phases.install]\ncmds = ["x"]\n'
    assert b'nixPkgs = ["python311"] # why' in edited(data, editor.delete("phases", "setup", "nixPkgs", 1))
    assert b'nixPkgs = ["pip"] # why' in edited(data, editor.delete("phases", "setup", "nixPkgs", 0))
    data = b'x = [\n  "a", # one\n  "b" # two\n]\n'
    editor = TomlEditor(Source("n.toml", data))
    assert edited(data, editor.delete("x", 1)) == b'x = [\n  "a" # one\n]\n'
    assert edited(data, editor.delete("x", 0)) == b'x = [\n  "b" # two\n]\n'
    assert (
        edited(data, editor.insert_item("x", index=2, text='"c"')) == b'x = [\n  "a", # one\n  "b", # two\n  "c"\n]\n'
    )
    data = b'{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n'
    document = strict.parse(Source("v.json", data))
    assert edited(data, JsonEditor(document).delete("b")) == b'{\r\n  "a": 1\r\n}\r\n'
    assert edited(data, JsonEditor(document).insert_key(name="c", text="3")) == (
        b'{\r\n  "a": 1,\r\n  "b": 2,\r\n  "c": 3\r\n}\r\n'
    )
    data = b'{\n    "build": {}\n}\n'
    document = strict.parse(Source("v.json", data))
    assert edited(data, JsonEditor(document).insert_key("build", name="c", text="3")) == (
        b'{\n    "build": {\n        "c": 3\n    }\n}\n'
    )


def test_tables_are_added_and_keys_renamed() -> None:
    data = b"[a]\nx = 1"
    editor = TomlEditor(Source("n.toml", data))
    assert edited(data, editor.insert_key("phases", "install", name="paths", text='["p"]')) == (
        b'[a]\nx = 1\n\n[phases.install]\npaths = ["p"]'
    )
    data = b'[phases.setup]\n"nixpkgs" = ["x"]\n[phases]\nbuild.cmd = 1\n'
    editor = TomlEditor(Source("n.toml", data))
    assert b'[phases.setup]\nnixPkgs = ["x"]' in edited(
        data, editor.rename_key("phases", "setup", "nixpkgs", name="nixPkgs")
    )
    assert b"build.cmds = 1" in edited(data, editor.rename_key("phases", "build", "cmd", name="cmds"))
    assert b"[phases.start]" in edited(data, editor.rename_key("phases", "setup", name="start"))


def test_lines() -> None:
    data = b"flask\r\ngunicorn \\\r\n  ==21 \\\r\n  ; x\r\nuvicorn"
    source = Source("requirements.txt", data)
    assert edited(data, [line_edit.delete_line(source, 20)]) == b"flask\r\nuvicorn"
    assert edited(data, [line_edit.delete_line(source, len(data) - 1)]) == data[: -len(b"\r\nuvicorn")]
    assert edited(data, [line_edit.delete_line(source, 0)]) == data[7:]
    assert edited(data, [line_edit.append_line(source, "numpy")]) == data + b"\r\nnumpy"
    assert edited(data, [line_edit.insert_line(source, 0, "numpy")]) == b"flask\r\nnumpy\r\n" + data[7:]
    assert edited(b"", [line_edit.append_line(Source("r", b""), "numpy")]) == b"numpy\n"
    document = procfile.parse(Source("Procfile", b"release: x\nweb: a\n"))
    assert edited(b"release: x\nweb: a\n", [line_edit.delete_process(document, "release")]) == b"web: a\n"
    assert (
        edited(b"release: x\nweb: a\n", [line_edit.set_process(document, "web", "é")])
        == "release: x\nweb: é\n".encode()
    )


@given(
    st.binary(max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9), st.text("xé", max_size=3)), max_size=5),
)
def test_apply_changes_only_its_spans(data: bytes, raw: list[tuple[int, int, str]]) -> None:
    edits = [Edit(Span("f", min(a, len(data)), min(a + n, len(data))), text) for a, n, text in raw]
    try:
        one = apply(data, edits)
    except Overlap:
        return
    assert one == apply(data, reversed(edits))
    assert len(one) == len(data) + sum(len(e.text.encode()) - (e.span.end - e.span.start) for e in ordered(edits))
    shift = at = 0
    for edit in ordered(edits):
        assert one[at + shift : edit.span.start + shift] == data[at : edit.span.start]
        shift += len(edit.text.encode()) - (edit.span.end - edit.span.start)
        at = edit.span.end
    assert one[at + shift :] == data[at:]


def test_overlaps_are_refused() -> None:
    with pytest.raises(Overlap):
        ordered([Edit(Span("f", 0, 4), "a"), Edit(Span("f", 3, 5), "b")])
    with pytest.raises(Overlap):
        ordered([Edit(Span("f", 2, 2), "a"), Edit(Span("f", 2, 2), "b")])
    assert ordered([Edit(Span("f", 2, 2), "a"), Edit(Span("f", 2, 2), "a")]) == (Edit(Span("f", 2, 2), "a"),)


@given(st.text("a\n\r é", max_size=30).map(str.encode), st.integers(0, 30), st.integers(0, 5))
def test_deleted_lines_are_whole(data: bytes, start: int, length: int) -> None:
    start = min(start, len(data))
    edit = delete_lines("f", data, start, min(start + length, len(data)))
    after = apply(data, [edit])
    assert data.startswith(after[: edit.span.start])
    assert data.endswith(after[edit.span.start :])
