"""Unified diffs: `FileWrite`s go in, the text that `git apply` and `patch` take comes out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff

from firstpush.fixes.write import FileWrite


def unified(files: Iterable[FileWrite]) -> str:
    """One diff for all files. Bytes that are no UTF-8 are shown as they can be."""
    return "".join(_one(file) for file in files)


def _one(file: FileWrite) -> str:
    before, after = _lines(file.before), _lines(file.after)
    old = "/dev/null" if file.before is None else f"a/{file.path}"
    new = "/dev/null" if file.after is None else f"b/{file.path}"
    head = f"diff --git a/{file.path} b/{file.path}\n"
    if file.before is None:
        head += "new file mode 100644\n"
    if file.after is None:
        head += "deleted file mode 100644\n"
    marked = "\n\\ No newline at end of file\n"
    lines = unified_diff(before, after, old, new)
    return head + "".join(line if line.endswith("\n") else line + marked for line in lines)


def _lines(data: bytes | None) -> list[str]:
    """Lines at `\\n` only, with their endings."""
    if not data:
        return []
    lines = data.decode("utf-8", "replace").split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
