"""Which files have changes that git does not have yet: a folder and paths go in, the dirty ones come out.

git is asked only for object names (`ls-tree`, `ls-files`), which runs no hook, filter or file system monitor of the
repository; the files' own names are computed here.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from hashlib import sha1, sha256
from pathlib import Path

from firstpush.errors import WriteRefused

_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")


def in_repository(folder: Path) -> bool:
    """The folder lies in a git work tree."""
    here = folder.resolve()
    return any((each / ".git").exists() for each in (here, *here.parents))


def uncommitted(folder: Path, paths: Sequence[str]) -> list[str]:
    """Those of `paths` (relative to `folder`) that exist and differ from the last commit or from the index.

    Raises WriteRefused when git cannot tell (it is not installed, or refuses the folder)."""
    there = [path for path in paths if (folder / path).is_file()]
    if not there or not in_repository(folder):
        return []
    committed = _names(_git(folder, "ls-tree", "-z", "--full-name", "HEAD", "--", *there, may_fail=True))
    staged = _names(_git(folder, "ls-files", "-z", "--stage", "--full-name", "--", *there))
    prefix = _git(folder, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
    dirty = []
    for path in there:
        name = prefix + path
        known = committed.get(name)
        if (
            known is None
            or staged.get(name) != known
            or known not in _object_names((folder / path).read_bytes(), known)
        ):
            dirty.append(path)
    return dirty


def _names(output: bytes) -> Mapping[str, str]:
    """Path → object name, of `ls-tree` (mode type name) and `ls-files --stage` (mode name stage)."""
    found = {}
    for record in output.split(b"\0"):
        head, tab, path = record.partition(b"\t")
        fields = head.decode("ascii", "replace").split()
        if tab and len(fields) == 3:
            found[path.decode("utf-8", "surrogateescape")] = fields[2] if fields[1] == "blob" else fields[1]
    return found


def _object_names(data: bytes, like: str) -> set[str]:
    """What git may call a blob of this content: as it is, or with the line endings that autocrlf takes off."""
    hashed = sha256 if len(like) == 64 else sha1
    return {hashed(b"blob %d\0" % len(text) + text).hexdigest() for text in (data, data.replace(b"\r\n", b"\n"))}


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> bytes:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_OPTIONS, *arguments],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=30,
        )
    except FileNotFoundError:
        raise _cannot_tell("git is not installed.") from None
    except subprocess.TimeoutExpired:
        raise _cannot_tell("git did not answer within 30 seconds.") from None
    if done.returncode != 0:
        if may_fail:
            return b""  # no commit yet
        raise _cannot_tell(done.stderr.decode("utf-8", "replace").strip().split("\n")[0])
    return done.stdout


def _cannot_tell(found: str) -> WriteRefused:
    return WriteRefused(
        "Whether the files have uncommitted changes cannot be found out; nothing was written.",
        found=found,
        why="firstpush does not write over work that is nowhere else.",
        next_step="Run it with --allow-dirty if that is fine.",
    )
