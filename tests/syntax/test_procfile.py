"""Procfile: lines with spans."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.syntax.procfile import parse
from firstpush.syntax.source import Source


def test_lines_comments_and_problems() -> None:
    data = "\ufeffweb: gunicorn app:é --bind 0.0.0.0:$PORT \r\n# c\r\n\r\nnonsense\r\n worker :x\nweb: two".encode()
    document = parse(Source("Procfile", data))
    assert document.root is not None
    assert document.root.value == {"worker": "x", "web": "two"}
    assert [problem.message for problem in document.problems] == [
        "not a line `name: command`",
        'duplicate process "web"',
    ]
    entry = document.root.entries["worker"]
    assert data[entry.span.start : entry.span.end] == b"worker :x"
    assert [comment.text for comment in document.comments] == ["# c"]


@given(st.binary(max_size=60) | st.text("web: \n\r#é$x", max_size=60).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes(data: bytes) -> None:
    document = parse(Source("Procfile", data))
    if document.root is None:
        assert document.problems
        return
    for entry in document.root.entries.values():
        assert data[entry.key_span.start : entry.key_span.end].decode() == entry.key
        text = entry.node.text
        assert text is not None
        for index, character in enumerate(text.text):
            span = text.span(index, index + 1)
            assert span is not None
            assert data[span.start : span.end].decode() == character
