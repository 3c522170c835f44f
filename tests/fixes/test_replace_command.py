"""One word of a command is replaced, whatever file the command stands in; nothing else of the file changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.fixes.config_files import replace_command
from firstpush.model.text import SpannedText
from firstpush.project.tree import ProjectTree
from firstpush.syntax import json as json_syntax
from firstpush.syntax import procfile, toml
from firstpush.syntax.edit import apply
from firstpush.syntax.source import Source
from firstpush.syntax.toml_edit import quoted

WORDS = st.lists(st.text("abc$/\\\"'é😀=", min_size=1, max_size=5), min_size=1, max_size=5)
NEW = st.text("xyz$\"'\\é", max_size=6)
CARRIERS = ["basic", "literal", "long", "json", "escaped", "Procfile", "start.sh"]


def carried(carrier: str, command: str) -> tuple[str, bytes]:
    """A file that holds the command among other things."""
    if carrier in ("json", "escaped"):
        text = json.dumps(command, ensure_ascii=carrier == "escaped")
        return "vercel.json", f'\ufeff{{\r\n  "a": "é",\r\n  "cmd": {text},\r\n  "b": [1]\r\n}}\r\n'.encode()
    if carrier == "Procfile":
        return "Procfile", f"# é\r\nrelease: x\r\ncmd: {command}\r\nlast: y".encode()
    if carrier == "start.sh":
        return "start.sh", f"#!/bin/sh\n# é\n{command}\nexit\n".encode()
    quote = {"basic": '"', "literal": "'", "long": '"""'}[carrier]
    return "nixpacks.toml", f"# é\n[start] # x\ncmd = {quoted(command, quote)} # y\n[z]".encode()


def command_of(path: str, data: bytes) -> SpannedText:
    source = Source(path, data)
    if path == "start.sh":
        start = data.index(b"\xa9\n") + 2
        return SpannedText.verbatim(data[start : data.rindex(b"\nexit")].decode(), path, start)
    parse = {"vercel.json": json_syntax.parse, "Procfile": procfile.parse, "nixpacks.toml": toml.parse}[path]
    document = parse(source)
    assert document.root is not None, document.problems
    node = document.root.get("start", "cmd") if path == "nixpacks.toml" else document.root.get("cmd")
    assert node is not None
    assert node.text is not None
    return node.text


@pytest.mark.parametrize("carrier", CARRIERS)
@given(words=WORDS, at=st.integers(0, 4), new=NEW)
@settings(max_examples=60, deadline=None)
def test_one_word(carrier: str, words: list[str], at: int, new: str) -> None:
    at %= len(words)
    command = " ".join(words)
    path, data = carried(carrier, command)
    text = command_of(path, data)
    assert text.text == command
    start = sum(len(word) + 1 for word in words[:at])
    edit = replace_command(ProjectTree(Path("nowhere"), {path: data}), text, start, start + len(words[at]), new)
    assert edit is not None
    after = apply(data, [edit])
    expected = " ".join([*words[:at], new, *words[at + 1 :]])
    assert command_of(path, after).text == (expected.strip() if carrier == "Procfile" else expected)
    assert after.startswith(data[: min(edit.span.start, len(data))])
    assert after.endswith(data[edit.span.end :])


def test_what_stands_in_no_file_cannot_be_edited() -> None:
    tree = ProjectTree(Path("nowhere"), {"x.toml": b"= broken"})
    assert replace_command(tree, SpannedText("python main.py"), 0, 6, "x") is None
    assert replace_command(tree, SpannedText("python", "x.toml", 0), 0, 6, "x") is None
    assert replace_command(tree, SpannedText("python", "Dockerfile", 0), 0, 6, "x") is None
