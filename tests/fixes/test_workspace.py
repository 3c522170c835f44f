"""Edits on edits: the tree that is judged and the edits of the original files say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.fixes.diff import unified
from firstpush.fixes.workspace import Workspace
from firstpush.fixes.write import FileWrite
from firstpush.model.diagnostic import Edit, FileChange
from firstpush.model.text import Span
from firstpush.project.tree import ProjectTree
from firstpush.syntax.edit import Overlap, apply

STEP = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6), st.text("ab\n", max_size=4)), max_size=3)


@given(st.binary(max_size=40).map(lambda data: data.hex().encode()), st.lists(STEP, max_size=5))
@settings(max_examples=300, deadline=None)
def test_steps_come_to_the_same_edits_of_the_original(data: bytes, steps: list[list[tuple[int, int, str]]]) -> None:
    tree = ProjectTree(Path("nowhere"), {"f": data})
    workspace = Workspace.of(tree)
    current = data
    for step in steps:
        limit = len(current)
        edits = [Edit(Span("f", min(at, limit), min(at + length, limit)), text) for at, length, text in step]
        try:
            after = apply(current, edits)
            workspace = workspace.edited(edits)
        except Overlap:
            continue
        current = after
    source = workspace.tree.source("f")
    assert source is not None
    assert source.data == current
    assert apply(data, workspace.edits()) == current
    assert [each.after for each in workspace.writes()] == ([] if current == data else [current])


def test_files_are_made_edited_and_deleted() -> None:
    tree = ProjectTree(Path("nowhere"), {"old": b"x", "keep": b"y"})
    workspace = Workspace.of(tree).edited([], [FileChange("new", "a\n"), FileChange("old", None)])
    workspace = workspace.edited([Edit(Span("new", 1, 1), "b")])
    assert workspace.writes() == (FileWrite("new", None, b"ab\n"), FileWrite("old", b"x", None))
    assert workspace.files() == (FileChange("new", "ab\n"), FileChange("old", None))
    assert workspace.edited([], [FileChange("new", None)]).writes() == (FileWrite("old", b"x", None),)
    with pytest.raises(KeyError):
        workspace.edited([Edit(Span("none", 0, 0), "b")])


def test_diff_is_what_git_takes() -> None:
    text = unified(
        [FileWrite("a", b"1\r\n2\r\n3", b"1\r\n2x\r\n3"), FileWrite("b", None, b"n\n"), FileWrite("c", b"g", None)]
    )
    assert text == (
        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n 1\r\n-2\r\n+2x\r\n 3\n\\ No newline at end of file\n"
        "diff --git a/b b/b\nnew file mode 100644\n--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+n\n"
        "diff --git a/c b/c\ndeleted file mode 100644\n--- a/c\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\n"
        "\\ No newline at end of file\n"
    )
