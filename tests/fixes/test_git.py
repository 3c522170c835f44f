"""Dirty files are told from clean ones without running anything of the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from firstpush.errors import WriteRefused
from firstpush.fixes.git import uncommitted

pytestmark = pytest.mark.process


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "r"
    (folder / "sub").mkdir(parents=True)
    for name in ("clean.txt", "dirty.txt", "staged.txt", "é.txt", "sub/clean.txt"):
        (folder / name).write_bytes(b"1\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "m")
    (folder / "dirty.txt").write_bytes(b"2\n")
    (folder / "staged.txt").write_bytes(b"2\n")
    git(folder, "add", "staged.txt")
    (folder / "new.txt").write_bytes(b"2\n")
    return folder


def test_what_is_dirty(repository: Path) -> None:
    paths = ["clean.txt", "dirty.txt", "staged.txt", "new.txt", "é.txt", "not there.txt", "sub/clean.txt"]
    assert uncommitted(repository, paths) == ["dirty.txt", "staged.txt", "new.txt"]
    assert uncommitted(repository / "sub", ["clean.txt"]) == []


def test_before_the_first_commit_all_is_dirty(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_bytes(b"a")
    assert uncommitted(tmp_path, ["a"]) == ["a"]


def test_without_a_repository_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    assert uncommitted(tmp_path, ["a"]) == []


def test_nothing_of_the_repository_is_run(repository: Path) -> None:
    witness = repository.parent / "ran"
    script = repository.parent / "evil"
    script.write_text(f"#!/bin/sh\ntouch '{witness}'\ncat\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.process", "diff.external", "core.pager"):
        git(repository, "config", key, str(script))
    (repository / ".gitattributes").write_text("* filter=evil\n")
    hooks = repository / ".git" / "hooks"
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout"):
        (hooks / name).write_text(script.read_text())
        (hooks / name).chmod(0o755)
    witness.unlink(missing_ok=True)
    assert uncommitted(repository, ["clean.txt", "dirty.txt"]) == ["dirty.txt"]
    assert not witness.exists()


def test_a_broken_repository_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(WriteRefused, match="cannot be found out"):
        uncommitted(tmp_path, ["a"])
