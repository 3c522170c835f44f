"""The Pythons, pips and uvs that PATH reaches. In: PATH; out: `LocalPython` and `LocalTool` values.

Each Python is started once, isolated, and asked for what `sys` and `sysconfig` say; a program is looked at, not run,
but for uv's version.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_ASK = """
import json, os, sys, sysconfig
try:
    from importlib.metadata import distributions
    found = {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}
except Exception:
    found = {}
from importlib.util import find_spec
import site
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])), "prefix": sys.prefix, "base_prefix": sys.base_prefix,
    "real": os.path.realpath(sys.executable), "base_executable": getattr(sys, "_base_executable", "") or "",
    "stdlib": sysconfig.get_path("stdlib"), "purelib": sysconfig.get_path("purelib"),
    "scripts": sysconfig.get_path("scripts"), "sites": site.getsitepackages(), "distributions": found,
    "ensurepip": find_spec("ensurepip") is not None, "venv": find_spec("venv") is not None,
    "debian": "dist-packages" in (sysconfig.get_path("purelib") or ""),
}))
"""
_NAMES = re.compile(r"python(?:3(?:\.\d+)?)?$")


@dataclass(frozen=True, slots=True)
class LocalPython:
    """A Python of this machine. `paths`: the names on PATH that start it, in PATH's order; `facts`: what it said."""

    paths: tuple[str, ...]
    facts: Mapping[str, object]

    @property
    def virtual(self) -> bool:
        return self.facts["prefix"] != self.facts["base_prefix"]

    def text(self, key: str) -> str:
        return str(self.facts[key])

    @property
    def pip(self) -> str | None:
        """The version that `-m pip` finds."""
        found = self.facts["distributions"]
        assert isinstance(found, dict)
        version = found.get("pip")
        return str(version) if version else None

    @property
    def marker(self) -> Path:
        return Path(self.text("stdlib")) / "EXTERNALLY-MANAGED"


@dataclass(frozen=True, slots=True)
class LocalTool:
    """A pip or uv on PATH. `interpreter`: what its first line names; None for a native program."""

    kind: str
    path: str
    interpreter: str | None
    version: str | None


def folders(env: Mapping[str, str]) -> list[str]:
    """PATH's folders, each once, also where one leads to another (/bin to /usr/bin)."""
    seen: dict[str, str] = {}
    for folder in env.get("PATH", "").split(os.pathsep):
        if folder:
            seen.setdefault(os.path.realpath(folder), folder)
    return list(seen.values())


def find_pythons(env: Mapping[str, str]) -> list[LocalPython]:
    """Every Python that a name on PATH starts; what cannot be started is left out."""
    paths = [
        str(path)
        for folder in folders(env)
        for path in sorted(Path(folder).glob("python*"))
        if _NAMES.fullmatch(path.name) and os.access(path, os.X_OK) and path.is_file()
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, paths))
    grouped: dict[tuple[object, ...], tuple[list[str], Mapping[str, object]]] = {}
    for path, facts in zip(paths, answers, strict=True):
        if facts is not None:
            grouped.setdefault((facts["real"], facts["prefix"]), ([], facts))[0].append(path)
    return [LocalPython(tuple(found), facts) for found, facts in grouped.values()]


def ask(path: str) -> Mapping[str, object] | None:
    """What the Python at `path` says of itself, or None."""
    try:
        done = subprocess.run([path, "-c", _ASK], capture_output=True, text=True, timeout=20, check=False)
        facts = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return facts if isinstance(facts, dict) else None


def find_tools(env: Mapping[str, str]) -> list[LocalTool]:
    """pip, pip3, pip3.X and uv on PATH."""
    out: list[LocalTool] = []
    for folder in folders(env):
        for path in sorted(Path(folder).glob("pip*")):
            if re.fullmatch(r"pip(?:3(?:\.\d+)?)?", path.name) and os.access(path, os.X_OK):
                interpreter = shebang(path)
                if interpreter is not None:
                    out.append(LocalTool("pip", str(path), interpreter, None))
        uv = Path(folder) / "uv"
        if os.access(uv, os.X_OK) and uv.is_file():
            out.append(LocalTool("uv", str(uv), None, uv_version(uv)))
    return out


def shebang(path: Path) -> str | None:
    """The Python that a script's first line names; None for other programs (a shim, a wrapper)."""
    try:
        with path.open("rb") as file:
            head = file.read(256)
    except OSError:
        return None
    match = re.match(rb"#!\s*(\S*python[\d.]*)\s*(?:-\S+)?\s*\n", head)
    return match[1].decode("utf-8", "surrogateescape") if match else None


def uv_version(path: Path) -> str | None:
    try:
        done = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"uv (\d[\w.]*)", done.stdout)
    return match[1] if match else None
