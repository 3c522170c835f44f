"""Writing: all files or none, killed at any system call; mode, owner and links stay; refusals change nothing."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from firstpush.errors import WriteRefused
from firstpush.fixes import journal
from firstpush.fixes.write import FileWrite, recover, write

OLD = {"nixpacks.toml": b"old toml\n", "sub/railway.json": b"{}\r\n", "gone.txt": b"bye", "new.txt": None}
NEW = {
    "nixpacks.toml": b"new toml\n" * 500,
    "sub/railway.json": b'{"a": 1}\r\n',
    "gone.txt": None,
    "new.txt": b"3.12\n",
}
CHANGES = [FileWrite(path, OLD[path], NEW[path]) for path in OLD]


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "sub").mkdir()
    for path, data in OLD.items():
        if data is not None:
            (folder / path).write_bytes(data)
    (folder / "other.txt").write_bytes(b"other")
    return folder


def contents(folder: Path) -> dict[str, bytes | None]:
    return {path: (folder / path).read_bytes() if (folder / path).exists() else None for path in OLD}


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_writes_all_and_leaves_nothing_else(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    write(folder, CHANGES)
    assert contents(folder) == NEW
    assert everything(folder) == {"nixpacks.toml", "sub", "sub/railway.json", "new.txt", "other.txt"}


def test_keeps_mode_attributes_and_links(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    real = folder / "sub" / "start.sh"
    real.write_bytes(b"a")
    real.chmod(0o750)
    owner = os.geteuid() == 0
    if owner:
        os.chown(real, 1234, 2345)
    (folder / "start.sh").symlink_to("sub/start.sh")
    write(folder, [FileWrite("start.sh", b"a", b"b")])
    assert (folder / "start.sh").is_symlink()
    assert real.read_bytes() == b"b"
    assert stat.S_IMODE(real.stat().st_mode) == 0o750
    if owner:
        assert (real.stat().st_uid, real.stat().st_gid) == (1234, 2345)


def test_refuses_links_that_lead_out(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (tmp_path / "outside").write_bytes(b"a")
    (folder / "link").symlink_to("../outside")
    with pytest.raises(WriteRefused, match="leads out of the project"):
        write(folder, [FileWrite("link", b"a", b"b")])
    with pytest.raises(WriteRefused, match="leads out of the project"):
        write(folder, [FileWrite("../outside", b"a", b"b")])
    assert (tmp_path / "outside").read_bytes() == b"a"
    with pytest.raises(WriteRefused, match="not a file of the project"):
        write(folder, [FileWrite(".git/config", None, b"b")])


@pytest.mark.parametrize("path", ["nixpacks.toml", "gone.txt", "new.txt"])
def test_refuses_files_that_changed_meanwhile(tmp_path: Path, path: str) -> None:
    folder = project(tmp_path / "p")
    (folder / path).write_bytes(b"somebody else")
    before = everything(folder)
    with pytest.raises(WriteRefused, match="has changed since it was read"):
        write(folder, CHANGES)
    assert contents(folder) == {**OLD, path: b"somebody else"}
    assert everything(folder) == before


def test_refuses_read_only_files(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (folder / "nixpacks.toml").chmod(0o444)
    with pytest.raises(WriteRefused, match="read-only"):
        write(folder, CHANGES)
    assert contents(folder) == OLD


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_every_failing_call_takes_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Each call of the writer that can fail fails once; in the end every file is old and nothing is left over."""
    names = ["open", "write", "fsync", "replace", "link", "unlink", "fchmod"]
    for number in range(1, 200):
        folder = project(tmp_path / f"{code}-{number}")
        before = everything(folder)
        count = 0
        with monkeypatch.context() as patch:
            for name in names:
                real = getattr(os, name)

                def failing(*args: object, real: object = real, number: int = number, **options: object) -> object:
                    nonlocal count
                    count += 1
                    if count == number:
                        raise OSError(code, os.strerror(code))
                    return real(*args, **options)  # type: ignore[operator]

                patch.setattr(os, name, failing)
            try:
                write(folder, CHANGES)
            except WriteRefused:
                assert contents(folder) == OLD
            else:
                assert contents(folder) == NEW
        recover(folder)
        if count < number:
            assert number > 20
            return
        assert contents(folder) in (OLD, NEW)
        assert everything(folder) - {"gone.txt", "new.txt"} <= before
        shutil.rmtree(folder)
    raise AssertionError("the writer never ran to its end")


PTRACE_TRACEME, PTRACE_SYSCALL = 0, 24


@pytest.mark.process
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ptrace")
def test_killed_at_every_system_call(tmp_path: Path) -> None:
    """kill -9 before and after each system call: every file is old or new, and all are alike after recovery."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    seen = set()
    stops = 0
    while True:
        folder = project(tmp_path / str(stops))
        child = os.fork()
        if child == 0:
            try:
                libc.ptrace(PTRACE_TRACEME, 0, None, None)
                os.kill(os.getpid(), signal.SIGSTOP)
                write(folder, CHANGES)
                os._exit(0)
            except BaseException:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.WIFSTOPPED(status)
        finished = False
        for _ in range(stops):
            if libc.ptrace(PTRACE_SYSCALL, child, None, None) != 0:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                pytest.skip("ptrace is not allowed here")
            _, status = os.waitpid(child, 0)
            if os.WIFEXITED(status):
                assert os.WEXITSTATUS(status) == 0
                finished = True
                break
        if not finished:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        killed = contents(folder)
        for path, data in killed.items():
            assert data in (OLD[path], NEW[path]), (stops, path)
        recover(folder)
        after = contents(folder)
        assert after in (OLD, NEW), (stops, killed)
        kept = {name for name in everything(folder) if "firstpush" in name}
        assert not kept, (stops, kept)
        seen.add("new" if after == NEW else "old")
        shutil.rmtree(folder)
        if finished:
            break
        stops += 1
    assert seen == {"old", "new"}
    assert stops > 60


def test_recovery_leaves_alone_what_somebody_changed(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    rows = [
        journal.Row(
            "nixpacks.toml",
            str(folder / "nixpacks.toml"),
            str(folder / ".nixpacks.toml.0123abcd.firstpush-new"),
            None,
            journal.digest(b"old toml\n"),
            journal.digest(b"new"),
        )
    ]
    (folder / ".nixpacks.toml.0123abcd.firstpush-new").write_bytes(b"new")
    (folder / "nixpacks.toml").write_bytes(b"edited by hand")
    text = json.dumps([{name: getattr(row, name) for name in row.__slots__} for row in rows])
    (folder / journal.JOURNAL).write_bytes(text.encode() + b"\ncommitted\n")
    assert recover(folder) == ()
    assert (folder / "nixpacks.toml").read_bytes() == b"edited by hand"
    assert not {name for name in everything(folder) if "firstpush" in name}


@pytest.mark.parametrize("text", [b"", b"[", b"[{}]\ncommitted\n", b"[1]\n", b"[]\ncommitted\n", b"\xff\n"])
def test_a_broken_journal_is_removed(tmp_path: Path, text: bytes) -> None:
    folder = project(tmp_path / "p")
    (folder / journal.JOURNAL).write_bytes(text)
    assert recover(folder) == ()
    assert contents(folder) == OLD
    assert not (folder / journal.JOURNAL).exists()


def test_a_forged_journal_reaches_nothing_outside(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    victim = tmp_path / "victim"
    victim.write_bytes(b"v")
    row = {
        "path": "x",
        "target": str(victim),
        "new": None,
        "old": str(tmp_path / "a.firstpush-old"),
        "before": journal.digest(b"v"),
        "after": None,
    }
    (folder / journal.JOURNAL).write_bytes(json.dumps([row]).encode() + b"\ncommitted\n")
    assert recover(folder) == ()
    assert victim.exists()


@pytest.mark.parametrize("target", [".git/hooks/post-checkout", "sub/made.txt"])
def test_a_journal_in_a_cloned_repository_installs_nothing(tmp_path: Path, target: str) -> None:
    """A repository may bring a journal and a file; a file may only be taken from beside its target."""
    folder = project(tmp_path / "p")
    (folder / ".git" / "hooks").mkdir(parents=True)
    payload = folder / ".post-checkout.0123abcd.firstpush-new"
    payload.write_bytes(b"#!/bin/sh\n")
    row = {
        "path": "x",
        "target": str(folder / target),
        "new": str(payload),
        "old": None,
        "before": None,
        "after": journal.digest(b"#!/bin/sh\n"),
    }
    (folder / journal.JOURNAL).write_bytes(json.dumps([row]).encode() + b"\ncommitted\n")
    assert recover(folder) == ()
    assert not (folder / target).exists()


@pytest.mark.process
def test_two_writers(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    with journal.Journal.begin(folder, []), pytest.raises(WriteRefused, match="Another firstpush"):
        write(folder, CHANGES)
    assert contents(folder) == OLD


@pytest.mark.sandbox
@pytest.mark.process
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    mount = tmp_path / "m"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)], check=False, capture_output=True
    )
    if made.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        (mount / "a.txt").write_bytes(b"a")
        (mount / "b.txt").write_bytes(b"b" * 40_000)
        with pytest.raises(WriteRefused, match="The disk is full"):
            write(mount, [FileWrite("a.txt", b"a", b"c"), FileWrite("b.txt", b"b" * 40_000, b"d" * 40_000)])
        assert (mount / "a.txt").read_bytes() == b"a"
        assert sorted(path.name for path in mount.iterdir()) == ["a.txt", "b.txt"]
        subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
        with pytest.raises(WriteRefused, match="The file system is read-only"):
            write(mount, [FileWrite("a.txt", b"a", b"c")])
    finally:
        subprocess.run(["umount", str(mount)], check=True)
