"""Copies a CPython of this machine to the place where the platform has its own.

In: a `FoundPython`, the folder of a layer, the absolute prefix that it shall have in the replica. Out: files below the
layer. Facts (measured): a shared build finds libpython by an absolute RPATH, which is overwritten in place with a
shorter path (`$ORIGIN` would break `venv --copies`); build-time prefixes stand as
text in `_sysconfigdata` and the Makefile.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from firstpush.rehearsal.replica import unpatch
from firstpush.rehearsal.replica.interpreters import FoundPython

_LEFT_OUT = frozenset(
    {"site-packages", "dist-packages", "test", "tests", "idlelib", "turtledemo", "tkinter", "__pycache__"}
    | {"EXTERNALLY-MANAGED"}  # the plan says whether there is one, and its words
)
# The places in Debian's build-time texts that follow the prefix; others (/usr/share/zoneinfo) are the system's.
_SYSTEM_PREFIX = re.compile(
    r"(?<![\w.])/usr(?=['\" ]|$|/bin['\"\s]|/include['\" ]|/lib['\"]|/(?:lib|include)/python\d)", re.M
)


def relocate(python: FoundPython, layer: Path, prefix: str, wheels: Mapping[str, Path] | None = None) -> None:
    """Copy `python` below `layer` as `prefix`, with an empty site-packages and no pip. `wheels`: what the ensurepip of
    a patched one installs (`unpatch`)."""
    minor = python.minor
    target = layer / prefix.lstrip("/")
    (target / "bin").mkdir(parents=True)
    shutil.copy2(python.executable, target / "bin" / f"python{minor}", follow_symlinks=True)
    for name in ("python3", "python"):
        os.symlink(f"python{minor}", target / "bin" / name)
    library = target / "lib" / f"python{minor}"
    shutil.copytree(python.stdlib, library, symlinks=True, ignore=_ignored)
    (library / "site-packages").mkdir(exist_ok=True)
    headers = python.prefix / "include" / f"python{minor}"
    if headers.is_dir():
        shutil.copytree(headers, target / "include" / f"python{minor}")
    for extra in (
        () if python.patched else ("libssl", "libcrypto", "libtcl", "libtk")
    ):  # a standalone build may bring these beside itself
        for found in python.prefix.glob(f"lib/{extra}*.so*"):
            shutil.copy2(found, target / "lib" / found.name)
    if python.shared:
        _move_library(python, layer, target)
    if python.patched:
        unpatch.unpatch(library, wheels or {})
    _rewrite_texts(python, library, prefix)
    compile_all(python, target, prefix)


def _ignored(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in _LEFT_OUT or name.endswith((".a", ".pyc"))]


def _move_library(python: FoundPython, layer: Path, target: Path) -> None:
    """Put libpython below a short path and let the executable and the extension modules look there."""
    short = f"/.fp{python.minor.replace('.', '')}"
    old = str(python.prefix / "lib")
    home = layer / short.lstrip("/")
    home.mkdir()
    for name in python.prefix.glob(f"lib/libpython{python.minor}*.so*"):
        if name.is_symlink():
            os.symlink(os.readlink(name), home / name.name)
        else:
            shutil.copy2(name, home / name.name)
    binaries = [
        target / "bin" / f"python{python.minor}",
        *home.glob("*.so*"),
        *(target / "lib" / f"python{python.minor}" / "lib-dynload").glob("*.so"),
    ]
    for binary in binaries:
        if not binary.is_symlink():
            overwrite_path(binary, old, short)


def overwrite_path(binary: Path, old: str, new: str) -> bool:
    """Replace a NUL-terminated path in a binary by one that is not longer. False when it is not in there."""
    if len(new) > len(old):
        raise ValueError(f"{new} is longer than {old}")
    data = binary.read_bytes()
    before = old.encode() + b"\0"
    if before not in data:
        return False
    mode = binary.stat().st_mode
    binary.chmod(mode | 0o200)
    binary.write_bytes(data.replace(before, new.encode().ljust(len(before), b"\0"), 1))
    binary.chmod(mode)
    return True


def _rewrite_texts(python: FoundPython, library: Path, prefix: str) -> None:
    for path in [*library.glob("_sysconfigdata*.py"), *library.glob("config-*/Makefile")]:
        if path.is_symlink():
            continue
        text = path.read_text("utf-8")
        told = _SYSTEM_PREFIX.sub(prefix, text) if python.patched else text.replace(str(python.prefix), prefix)
        path.write_text(told, "utf-8")


def compile_all(python: FoundPython, target: Path, prefix: str) -> None:
    """Byte-compile, with the paths of the replica in the code objects. The store's times come first: a .pyc is only
    valid for the time of its source."""
    for folder, _folders, names in os.walk(target):
        for name in names:
            os.utime(os.path.join(folder, name), (1, 1), follow_symlinks=False)
    argv = [str(python.executable), "-I", "-m", "compileall", "-q", "-j", "2", "-s", str(target), "-p", prefix]
    argv += ["-x", r"bad_coding|badsyntax|lib2to3/tests", str(target / "lib" / f"python{python.minor}")]
    subprocess.run(argv, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
