"""The replica's uv: the very version of the platform out of its wheel on the index, else this machine's own.

In: the machine, the cache, the package store. Out: a layer with the program at the platform's paths (none when the
machine has no uv), and the difference when the version is another.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from firstpush.model.machine import Machine
from firstpush.rehearsal.cache import Cache, key_of
from firstpush.rehearsal.door.store import NotThere, Store
from firstpush.rehearsal.values import Difference


def layers(machine: Machine, cache: Cache, store: Store, told: list[Difference]) -> list[str]:
    """The layer's folder, or nothing."""
    programs = [program for program in machine.programs if program.kind == "uv"]
    paths = [path for program in programs for path in program.paths]
    if not paths:
        return []
    wanted = programs[0].version
    place = cache.layers / f"uv-{key_of('uv', wanted, paths)}"
    if place.is_dir():
        return [str(place)]
    wheel = _wheel(wanted, store)
    if wheel is not None:
        return [str(cache.layer("uv", key_of("uv", wanted, paths), lambda folder: _fill(folder, paths, wheel, None)))]
    own = find()
    if own is None:
        told.append(Difference("uv is not in the replica", "commands that call uv fail here (pip install uv)"))
        return []
    told.append(Difference(f"{version(own)} instead of uv {wanted}", "its options and messages may differ"))
    status = os.stat(own)
    key = key_of("own uv", own, status.st_mtime_ns, status.st_size, paths)
    return [str(cache.layer("uv", key, lambda folder: _fill(folder, paths, None, own)))]


def find() -> str | None:
    """uv beside our own interpreter, else on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def version(program: str) -> str:
    """`uv 0.9.1`, as the program says it."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "another uv"
    return " ".join(done.stdout.split()[:2]) or "another uv"


def _wheel(wanted: str, store: Store) -> Path | None:
    """The wheel of exactly this version for this machine (uv's program is static or needs an old glibc only)."""
    try:
        for file in store.project("uv"):
            name = file.name
            if name.startswith(f"uv-{wanted}-py3-none-manylinux") and name.endswith(f"_{platform.machine()}.whl"):
                return store.path(file)
    except NotThere:
        return None
    return None


def _fill(folder: Path, paths: list[str], wheel: Path | None, own: str | None) -> None:
    first = folder / paths[0].lstrip("/")
    first.parent.mkdir(parents=True)
    if wheel is not None:
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
            first.write_bytes(archive.read(name))
    else:
        assert own is not None
        shutil.copy(own, first)
    first.chmod(0o755)
    for path in paths[1:]:
        place = folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(paths[0], place)
