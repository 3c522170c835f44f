"""Which CPythons this machine has that can be copied into a replica. Reads files only, starts nothing.

Out: `FoundPython` values, newest patch version first for each minor version. `FIRSTPUSH_PYTHONS` (prefixes, separated
as in PATH) replaces the folders that are looked at; `/usr` in it stands for the system's own Python.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ASKED = "FIRSTPUSH_PYTHONS"
_SYSTEM = Path("/usr")
_SYSTEM_WHEELS = Path("/usr/share/python-wheels")
_DPKG_STATUS = Path("/var/lib/dpkg/status")
_PACKAGE = re.compile(
    r"^Package: python(3\.\d+)-minimal\nStatus: install ok installed\n(?:.+\n)*?Version: (?:\d+:)?(\d+\.\d+\.\d+)", re.M
)
_VERSION = re.compile(rb'#define PY_VERSION\s+"([^"]+)"')


@dataclass(frozen=True, slots=True)
class FoundPython:
    """A CPython below `prefix` (`bin/python3.X`, `lib/python3.X`). `shared`: it needs its own libpython3.X.so;
    `patched`: Debian's or Ubuntu's, whose patches are to be undone."""

    version: str
    prefix: Path
    shared: bool
    patched: bool = False

    @property
    def minor(self) -> str:
        return ".".join(self.version.split(".")[:2])

    @property
    def executable(self) -> Path:
        return self.prefix / "bin" / f"python{self.minor}"

    @property
    def stdlib(self) -> Path:
        return self.prefix / "lib" / f"python{self.minor}"

    def wheels(self, project: str) -> list[Path]:
        """The wheels of pip or setuptools that its ensurepip would take, newest last built first."""
        folder = _SYSTEM_WHEELS if self.patched else self.stdlib / "ensurepip/_bundled"
        return sorted(folder.glob(f"{project}-*.whl"), reverse=True)


def candidates() -> Iterator[Path]:
    """Folders that usually hold CPythons: pyenv's, uv's, /usr/local, /opt/python, and the one that runs us."""
    if os.environ.get(_ASKED):
        yield from (Path(prefix) for prefix in os.environ[_ASKED].split(os.pathsep))
        return
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python")
    asdf = home / ".asdf/installs/python"
    mise = home / ".local/share/mise/installs/python"
    for folder in (pyenv / "versions", uv, asdf, mise, Path("/opt/python"), Path("/opt/hostedtoolcache/Python")):
        try:
            children = sorted(folder.iterdir())
        except OSError:
            continue
        for child in children:
            if not child.is_symlink():
                yield child
                yield child / "x64"
    yield Path("/usr/local")
    yield Path(sys.base_prefix)


def look_at(prefix: Path) -> list[FoundPython]:
    """The CPythons below a prefix. Those below /usr are not taken: they are patched (`find_system`)."""
    if prefix == _SYSTEM:
        return []
    found = []
    for header in sorted(prefix.glob("include/python3.*/patchlevel.h")):
        minor = header.parent.name.removeprefix("python").rstrip("t")
        if not (prefix / "bin" / f"python{minor}").is_file() or not (prefix / f"lib/python{minor}/os.py").is_file():
            continue
        if not os.access(prefix / f"lib/python{minor}/os.py", os.R_OK):
            continue
        match = _VERSION.search(header.read_bytes())
        if match and header.parent.name == f"python{minor}":
            shared = any(prefix.glob(f"lib/libpython{minor}*.so*"))
            found.append(FoundPython(match.group(1).decode().rstrip("+"), prefix, shared))
    return found


def find() -> list[FoundPython]:
    """All, one for each version, newest first."""
    by_version: dict[str, FoundPython] = {}
    for prefix in candidates():
        try:
            for python in look_at(prefix):
                by_version.setdefault(python.version, python)
        except OSError:
            continue
    return sorted(by_version.values(), key=lambda python: _key(python.version), reverse=True)


def find_system() -> list[FoundPython]:
    """Debian's or Ubuntu's own, newest first; none on other systems (their patches are not known here)."""
    if os.environ.get(_ASKED) and str(_SYSTEM) not in os.environ[_ASKED].split(os.pathsep):
        return []
    try:
        text = _DPKG_STATUS.read_text("utf-8", "replace")
    except OSError:
        return []
    found = [FoundPython(version, _SYSTEM, False, patched=True) for _minor, version in _PACKAGE.findall(text)]
    whole = [one for one in found if one.executable.is_file() and (one.stdlib / "os.py").is_file()]
    return sorted(whole, key=lambda python: _key(python.version), reverse=True)


def best(wanted: str, among: list[FoundPython]) -> FoundPython | None:
    """The one nearest to a wanted version: the same patch version, else the newest of the same minor version."""
    minor = ".".join(wanted.split(".")[:2])
    same_minor = [python for python in among if python.minor == minor]
    exact = [python for python in same_minor if python.version == wanted]
    return next(iter(exact or same_minor), None)


def nearest(wanted: str, among: list[FoundPython]) -> FoundPython:
    """The one whose minor version is nearest (the newer of two); `among` is not empty."""
    major, minor = (*_key(wanted), 0)[:2]
    return min(among, key=lambda python: abs(_key(python.minor)[1] - minor) + 100 * abs(_key(python.minor)[0] - major))


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
