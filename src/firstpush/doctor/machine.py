"""This machine as the simulator's description. In: the Pythons and tools found, the environment; out: `Machine`.

Only what decides an install is described: markers, pip's and uv's configuration files, who may write where.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from firstpush.doctor.pythons import LocalPython, LocalTool
from firstpush.model.machine import Index, InstalledProgram, Interpreter, Machine, User, Venv


def describe(pythons: Sequence[LocalPython], tools: Sequence[LocalTool], env: Mapping[str, str], cwd: str) -> Machine:
    """The machine before a command runs."""
    user = User(env.get("USER", "user"), os.getuid(), env.get("HOME") or str(Path.home()))
    bases = [python for python in pythons if not python.virtual]
    release = os_release()
    return Machine(
        name="this machine",
        os_id=release.get("ID", "linux"),
        os_version=release.get("VERSION_ID", ""),
        user=user,
        cwd=cwd,
        env=dict(env),
        read_only=tuple(path for path in _sites(pythons) if _read_only(path)),
        writable_by_user=tuple(path for path in (user.home, "/tmp", cwd, *_sites(pythons)) if _writable(path)),
        interpreters=tuple(_interpreter(python) for python in bases),
        programs=tuple(_programs(tools, pythons)),
        venvs=tuple(_venvs(pythons, bases)),
        files=_files(pythons, env, user.home, cwd),
        index=Index(),
    )


def os_release() -> dict[str, str]:
    """`/etc/os-release` as a dictionary."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: value.strip().strip('"') for name, _, value in (line.partition("=") for line in lines) if value}


def _sites(pythons: Sequence[LocalPython]) -> list[str]:
    out = [python.text("purelib") for python in pythons] + [python.text("scripts") for python in pythons]
    return list(dict.fromkeys(out + [python.text("prefix") for python in pythons]))


def _nearest(path: str) -> str:
    while not os.path.isdir(path) and path != "/":
        path = os.path.dirname(path)
    return path


def _writable(path: str) -> bool:
    return os.access(_nearest(path), os.W_OK)


def _read_only(path: str) -> bool:
    try:
        return bool(os.statvfs(_nearest(path)).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _interpreter(python: LocalPython) -> Interpreter:
    debian = bool(python.facts["debian"])
    sites = python.facts["sites"]
    assert isinstance(sites, list)
    purelib = python.text("purelib")
    ensurepip = "present" if python.facts["ensurepip"] else "absent"
    if debian and ensurepip == "present":
        ensurepip = "debian-venv-only"
    prefix = python.text("prefix")
    return Interpreter(
        executable=python.text("real"),
        paths=python.paths,
        version=python.text("version"),
        vendor="debian" if debian else "nixpkgs" if prefix.startswith("/nix/store/") else "cpython",
        prefix=prefix,
        base_prefix=python.text("base_prefix"),
        stdlib=python.text("stdlib"),
        site_packages=tuple(dict.fromkeys([purelib, *(str(site) for site in sites)])),
        pip=python.pip,
        ensurepip=ensurepip,
        venv=bool(python.facts["venv"]),
    )


def _programs(tools: Sequence[LocalTool], pythons: Sequence[LocalPython]) -> list[InstalledProgram]:
    out: list[InstalledProgram] = []
    for tool in tools:
        if tool.kind == "uv" and tool.version:
            out.append(InstalledProgram("uv", (tool.path,), tool.version))
        python = python_of(tool, pythons)
        if tool.kind == "pip" and python is not None and python.pip:
            out.append(InstalledProgram("pip", (tool.path,), python.pip, tool.interpreter))
    return out


def python_of(tool: LocalTool, pythons: Sequence[LocalPython]) -> LocalPython | None:
    """The Python that a script's first line starts."""
    for python in pythons:
        if tool.interpreter in python.paths or tool.interpreter == python.text("real"):
            return python
    return None


def _venvs(pythons: Sequence[LocalPython], bases: Sequence[LocalPython]) -> list[Venv]:
    out: list[Venv] = []
    for python in pythons:
        if python.virtual and any(base.text("real") == python.text("real") for base in bases):
            system = "include-system-site-packages = true" in _read(Path(python.text("prefix")) / "pyvenv.cfg").lower()
            out.append(Venv(python.text("prefix"), python.text("real"), python.pip, system))
    return out


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _files(pythons: Sequence[LocalPython], env: Mapping[str, str], home: str, cwd: str) -> dict[str, Any]:
    config = Path(env.get("XDG_CONFIG_HOME") or f"{home}/.config")
    names = [
        Path("/etc/pip.conf"),
        Path("/etc/xdg/pip/pip.conf"),
        Path(f"{home}/.pip/pip.conf"),
        config / "pip/pip.conf",
    ]
    names += [config / "uv/uv.toml", Path("/etc/uv/uv.toml"), Path(cwd) / "uv.toml", Path(cwd) / "pyproject.toml"]
    names += [Path(python.text("prefix")) / "pip.conf" for python in pythons]
    if env.get("PIP_CONFIG_FILE"):
        names.append(Path(cwd) / env["PIP_CONFIG_FILE"])
    names += [python.marker for python in pythons]
    return {str(name): {"text": _read(name)} for name in names if name.is_file()}
