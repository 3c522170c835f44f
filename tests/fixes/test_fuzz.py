"""Whatever a file holds, repairing it ends without an exception, leaves readable files, and changes nothing twice."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from firstpush.fixes.result import fix
from firstpush.fixes.workspace import Workspace
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree
from firstpush.syntax.edit import apply, by_path
from tests.fixes.test_cascade import CLASSES

PHASES = (Phase.explicit, Phase.generate)  # shrinking takes minutes
RAILWAY = Settings(platforms=("railway",), builder="nixpacks", as_of="2026-11-20")
JUNK = st.sampled_from(
    [b'"', b"'", b"[", b"]", b"{", b"}", b"=", b"\n", b"\r\n", b"\xff", b"\0", b"# x", b"\\", b"&&", b"|| true"]
)


def project(row: dict[str, dict[str, str]]) -> dict[str, bytes | None]:
    files = {**CLASSES["base"], **row["files"]}
    return {path: text.removeprefix("\n").encode() for path, text in files.items() if text}


@given(
    st.sampled_from(CLASSES["class"]),
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 6), JUNK), min_size=1, max_size=3),
)
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
def test_broken_projects(row: dict[str, dict[str, str]], which: int, changes: list[tuple[int, int, bytes]]) -> None:
    files = project(row)
    path = sorted(files)[which % len(files)]
    data = files[path] or b""
    for at, length, new in changes:
        at = min(at, len(data))
        data = data[:at] + new + data[at + length :]
    tree = ProjectTree(Path("nowhere"), {**files, path: data})
    result = fix(tree, RAILWAY)
    for name, edits in by_path(result.workspace.edits()).items():
        before, after = tree.source(name), result.workspace.tree.source(name)
        assert before is not None
        assert after is not None
        assert apply(before.data, edits) == after.data
    if result.workspace.writes():
        again = fix(result.workspace.tree, RAILWAY)
        assert [each.path for each in again.workspace.writes()] == []
    assert isinstance(result.workspace, Workspace)
