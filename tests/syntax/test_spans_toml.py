"""TOML: the values are tomllib's, and the bytes under every span decode to what the span claims."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firstpush.syntax.document import Node
from firstpush.syntax.source import Source
from firstpush.syntax.toml import parse

CHARACTERS = st.one_of(
    st.sampled_from("abc $&|\"'\\\t#[]{}=,é€漢😀"),
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x7f"),
)


@st.composite
def escaped(draw: st.DrawFn, quote: str) -> str:
    """The inside of a basic string, each character in one of its spellings."""
    out: list[str] = []
    for _ in range(draw(st.integers(0, 12))):
        character = draw(CHARACTERS)
        way = draw(st.integers(0, 3))
        if way == 0:
            out.append(f"\\U{ord(character):08X}")
        elif way == 1 and ord(character) < 0x10000:
            out.append(f"\\u{ord(character):04x}")
        elif way == 2 and len(quote) == 3:
            out.append(draw(st.sampled_from(["\n", "\r\n", "\\\n   ", "\\ \r\n\r\n\t", '\\""', '""x'])))
        elif character in '"\\':
            out.append("\\" + character)
        else:
            out.append(character)
    return "".join(out)


@st.composite
def strings(draw: st.DrawFn) -> str:
    quote = draw(st.sampled_from(['"', '"""', "'", "'''"]))
    if quote[0] == '"':
        first = draw(st.sampled_from(["", "\n", "\r\n"])) if len(quote) == 3 else ""
        return quote + first + draw(escaped(quote)) + quote
    inside = draw(st.text(CHARACTERS, max_size=12)).replace("'", "")
    if len(quote) == 3:
        inside = draw(st.sampled_from(["", "\n", "\r\n", "\r\n\r\n", "a'b''c\n"])) + inside
    return quote + inside + quote


SCALARS = st.sampled_from(["1", "-0", "0x1F", "1_000", "1e3", "inf", "nan", "true", "1979-05-27 07:32:00", "07:32:00"])
VALUES = st.recursive(
    strings() | SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[ " + " , ".join(items) + " ]"),
        st.lists(inner, max_size=3).map(lambda items: "[\r\n\t" + ", # c]\n".join([*items, ""]) + "]"),
        st.lists(inner, max_size=2).map(
            lambda i: "{ " + ", ".join(f'k{n}."é{n}" = {v}' for n, v in enumerate(i)) + "}"
        ),
    ),
    max_leaves=6,
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines: list[str] = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.integers(0, 5))
        if kind == 0:
            lines.append(f"[t{number}.'a b'] # [x]")
        elif kind == 1:
            lines.append('[[ list . "x" ]]')
        elif kind == 2:
            lines.append("  # comment é")
        else:
            key = draw(st.sampled_from([f"k{number}", f'"q {number}é"', f"a{number} . b", f"'l{number}'"]))
            lines.append(f"{key} = {draw(VALUES)}")
    text = end.join(lines) + draw(st.sampled_from(["", end]))
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


def check_strings(data: bytes, root: Node) -> None:
    for node in root.walk():
        raw = data[node.span.start : node.span.end]
        if node.kind != "map" and not (node.kind == "list" and raw.startswith(b"[[")):
            assert repr(tomllib.loads("x = " + raw.decode())["x"]) == repr(node.value)
        if node.text is None:
            continue
        assert node.text.text == node.value
        quote = raw[:3] if raw[:3] in (b'"""', b"'''") else raw[:1]
        lead = b"\n" if len(quote) == 3 else b""
        for start in range(len(node.value)):
            for end in {start + 1, len(node.value)}:
                span = node.text.span(start, end)
                assert span is not None
                part = data[span.start : span.end]
                if part in (b'"', b"'") or part[-1:] == b'"' or part[-1:] == b"'":
                    part += b"z" if len(quote) == 3 else b""
                    claimed = node.value[start:end] + ("z" if len(quote) == 3 else "")
                else:
                    claimed = node.value[start:end]
                decoded = tomllib.loads((b"x = " + quote + lead + part + quote).decode())["x"]
                assert decoded == claimed


@given(files())
@settings(max_examples=250, deadline=None)
@example(b'x = """\r\na\\\r\n  b\\u00e9\xe2\x82\xac"""\r\n')
@example(b"\xef\xbb\xbfx = '''\r\n'''")
@example(b'x = """a"""""')
def test_spans_cover_what_they_claim(data: bytes) -> None:
    source = Source("nixpacks.toml", data)
    document = parse(source)
    try:
        expected = tomllib.loads(source.decoded())
    except tomllib.TOMLDecodeError:
        assert document.root is None
        assert document.problems
        return
    assert document.root is not None, document.problems
    assert repr(document.root.value) == repr(expected)
    check_strings(data, document.root)
    for comment in document.comments:
        assert data[comment.span.start : comment.span.end].decode() == comment.text


SEEDS = [
    b'[phases.setup]\nnixPkgs = ["python311", "..."] # x\n\n[phases.install]\ncmds = [\n  "pip install -r r.txt",\n]\n',
    b'a.b.c = 1\n[a.d]\nx = """\\\n  y"""\n[[a.e]]\nz = {q = [1, 2], "r" = \'s\'}\n[[a.e]]\n',
]


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 120), st.binary(max_size=3)), max_size=4))
@settings(max_examples=400, deadline=None)
def test_broken_files_give_problems_exactly_when_tomllib_refuses(seed: bytes, changes: list[tuple[int, bytes]]) -> None:
    data = seed
    for at, new in changes:
        data = data[:at] + new + data[at + 1 :]
    document = parse(Source("x.toml", data))
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
        expected = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        assert document.root is None
        assert document.problems
        assert document.problems[0].span.end <= len(data)
    else:
        assert document.root is not None, document.problems
        assert repr(document.root.value) == repr(expected)
        check_strings(data, document.root)


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"[a]\nx=1\n[a]\n", "Cannot declare ('a',) twice", (3, 3)),
        (b"a = \n", "Invalid value", (1, 5)),
        ("é = 1\n".encode(), "Invalid statement", (1, 1)),
        ('x = "é" y\n'.encode(), "Expected newline or end of document after a statement", (1, 9)),
        (b"\xef\xbb\xbfx = @\n", "Invalid value", (1, 5)),
    ],
)
def test_problems_stand_where_tomllib_says(data: bytes, message: str, place: tuple[int, int]) -> None:
    document = parse(Source("x.toml", data))
    (problem,) = document.problems
    position = document.source.position(problem.span.start)
    assert problem.message == message
    assert (position.line, position.column) == place


def test_tables_written_in_several_places() -> None:
    data = b"[a.b]\nx = 1\n[c]\n[a]\ny = 2\n"
    root = parse(Source("x.toml", data)).root
    assert root is not None
    entry = root.entries["a"]
    assert data[entry.key_span.start : entry.key_span.end] == b"a"
    assert entry.key_span.start == data.index(b"[a]\n") + 1
    assert (entry.span.start, entry.span.end) == (0, data.index(b"y = 2") + 5)
    inner = entry.node.entries["b"]
    assert data[inner.span.start : inner.span.end] == b"[a.b]\nx = 1"


@pytest.mark.parametrize(
    "data",
    [
        b"x=" + b"[" * 101 + b"]" * 101,
        b"x=" + b"{a=" * 5000 + b"1" + b"}" * 5000,
        b"a." * 500_000 + b"a=1",
        b"[" + b"a." * 500_000 + b"a]",
        b"x=" + b"9" * 5000,
        b"x = 1\0",
        b"\xff\xfea\0",
        b"#" * (5 * 1024 * 1024),
        b"d = 2024-13-45\n",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_files_give_a_problem(data: bytes) -> None:
    document = parse(Source("x.toml", data))
    assert document.root is None
    assert document.problems
