"""JSON and JSONC: the values are json's, and the bytes under every span decode to what the span claims."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firstpush.syntax import json as strict
from firstpush.syntax import jsonc
from firstpush.syntax.document import Node
from firstpush.syntax.source import Source

TEXTS = st.text(st.one_of(st.sampled_from('ab"\\/é€😀\t\n$&'), st.characters(blacklist_categories=("Cs",))), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, Any]:
    value = draw(VALUES)
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2, "\t"])))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    return bom + text.encode() + draw(st.sampled_from([b"", b"\n"])), value


def check(data: bytes, root: Node) -> None:
    for node in root.walk():
        assert json.loads(data[node.span.start : node.span.end]) == node.value
        for entry in node.entries.values():
            assert json.loads(data[entry.key_span.start : entry.key_span.end]) == entry.key
            pair = b"{" + data[entry.span.start : entry.span.end] + b"}"
            assert json.loads(pair) == {entry.key: entry.node.value}
        if node.text is not None:
            for start in range(len(node.value)):
                for end in {start + 1, len(node.value)}:
                    span = node.text.span(start, end)
                    assert span is not None
                    assert json.loads(b'"' + data[span.start : span.end] + b'"') == node.value[start:end]


@given(files())
@settings(max_examples=250, deadline=None)
@example((b'"\\ud83d\\ude00\\u00e9"', "😀é"))
def test_spans_cover_what_they_claim(file: tuple[bytes, Any]) -> None:
    data, value = file
    for parse in (strict.parse, jsonc.parse):
        document = parse(Source("vercel.json", data))
        assert document.root is not None, document.problems
        assert document.root.value == value
        check(data, document.root)


SEED = b'{"builds": [{"src": "api/index.py", "use": "@vercel/python"}], "n": [1, -2.5e3, true, null, "\\u00e9\\n"]}'


def refuses(text: str) -> bool:
    def no(_: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=no)
    except ValueError:
        return True
    return False


@given(st.lists(st.tuples(st.integers(0, 110), st.binary(max_size=3)), min_size=1, max_size=4))
@settings(max_examples=500, deadline=None)
def test_broken_files_give_problems_exactly_when_json_refuses(changes: list[tuple[int, bytes]]) -> None:
    data = SEED
    for at, new in changes:
        data = data[:at] + new + data[at + 1 :]
    document = strict.parse(Source("x.json", data))
    relaxed = jsonc.parse(Source("x.json", data))
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        assert document.root is None
        return
    if refuses(text) or "\0" in text:
        assert document.root is None
        assert document.problems
    else:
        assert document.root is not None, document.problems
        assert relaxed.root is not None
        assert relaxed.root.value == document.root.value
        if not document.problems:
            assert document.root.value == json.loads(text)


def test_comments_and_trailing_commas() -> None:
    data = b'// a\n{"x": [1, /* b */ 2,], // c\n "y": "//z",}\n/**/'
    document = jsonc.parse(Source("x", data))
    assert document.root is not None
    assert document.root.value == {"x": [1, 2], "y": "//z"}
    assert [comment.text for comment in document.comments] == ["// a", "/* b */", "// c", "/**/"]
    assert strict.parse(Source("x", data)).root is None


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b'{"a": 1 "b": 2}', "Expecting ',' delimiter", (1, 9)),
        (b'{"a": tru}', "Expecting value", (1, 7)),
        ('{"é": 1,\n "b" 2}'.encode(), "Expecting ':' delimiter", (2, 6)),
        (b"[1] 2", "Extra data", (1, 5)),
        (b"[NaN]", "Expecting value", (1, 2)),
        (b'["\\ud800"]', "half of a surrogate pair: no character", (1, 3)),
        (b'{"a": 1, "a": 2}', 'duplicate key "a": the last one counts', (1, 10)),
    ],
)
def test_problems_have_a_place(data: bytes, message: str, place: tuple[int, int]) -> None:
    document = strict.parse(Source("x", data))
    position = document.source.position(document.problems[0].span.start)
    assert document.problems[0].message == message
    assert (position.line, position.column) == place


@pytest.mark.parametrize(
    "data",
    [b"[" * 100_000, b'{"a":' * 3000, b"9" * 5000, b"\0", b"\xff\xfe{\0}\0", b"", b" " * (5 * 1024 * 1024)],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_files_give_a_problem(data: bytes) -> None:
    for parse in (strict.parse, jsonc.parse):
        document = parse(Source("x", data))
        assert document.root is None
        assert document.problems
