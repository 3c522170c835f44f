"""Copying a project in: what a hostile checkout may try on the host."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from firstpush.rehearsal.source import collect


def unpacked(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {info.name: archive.extractfile(info).read() for info in archive if info.isreg()}  # type: ignore[union-attr]


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def test_a_plain_folder(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("a\r\nb\r\n")
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv/pyvenv.cfg").write_text("")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/x").write_text("")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    found = collect(tmp_path)
    assert list(found.hashes) == ["main.py", "run.sh"]
    with tarfile.open(fileobj=io.BytesIO(found.tar)) as archive:
        assert {info.name: info.mode for info in archive} == {"main.py": 0o644, "run.sh": 0o755}
    assert unpacked(collect(tmp_path, unix_lines=True).tar)["main.py"] == b"a\nb\n"
    assert list(unpacked(found.only(["main.py"]))) == ["main.py"]


def test_links_and_devices_bring_nothing_of_the_host(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret").write_text("top-secret")
    (project / "link").symlink_to(tmp_path / "secret")
    (project / "folder").symlink_to("/etc")
    os.mkfifo(project / "pipe")
    found = collect(project)
    assert b"top-secret" not in found.tar
    assert found.hashes == {"folder": "link:/etc", "link": f"link:{tmp_path / 'secret'}"}


@pytest.mark.process
def test_git_decides_what_is_deployed(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("ignored\n")
    for name in ("ignored", "tracked", "new"):
        (tmp_path / name).write_text(name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "tracked")
    (tmp_path / "gone").write_text("")
    git(tmp_path, "add", "gone")
    (tmp_path / "gone").unlink()
    assert list(collect(tmp_path).hashes) == [".gitignore", "new", "tracked"]


@pytest.mark.process
def test_a_checkout_cannot_run_anything(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "-q")
    (project / "a").write_text("")
    git(project, "add", "a")
    mark = tmp_path / "ran"
    script = project / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    git(project, "config", "core.fsmonitor", str(script))
    git(project, "config", "core.hooksPath", str(project))
    git(project, "config", "filter.x.clean", str(script))
    (project / ".gitattributes").write_text("* filter=x\n")
    assert "a" in collect(project).hashes
    assert not mark.exists()


@pytest.mark.process
def test_a_path_through_a_link_is_not_followed(tmp_path: Path) -> None:
    """The index says `a/hostname`; on disk `a` became a link to /etc."""
    project = tmp_path / "project"
    (project / "a").mkdir(parents=True)
    (project / "a/hostname").write_text("mine")
    git(project, "init", "-q")
    git(project, "add", "a/hostname")
    (project / "a/hostname").unlink()
    (project / "a").rmdir()
    (project / "a").symlink_to("/etc")
    found = collect(project)
    assert "a/hostname" not in found.hashes
