"""A described machine: facts only, nothing about how a tool behaves.

These values are the JSON object of `firstpush simulate --machine` (documented in docs/simulate.md), read by
`Machine.from_json`. A platform module describes its build image with the same type. PEP 668's marker is merely a file
in an interpreter's standard library (`files`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstpush.model.value import dataclass, field


@dataclass(frozen=True, slots=True)
class User:
    """uid 0 writes everywhere but on read-only file systems."""

    name: str = "root"
    uid: int = 0
    home: str = "/root"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python. `executable`: the real file; `paths`: every path that starts it; `site_packages`: first = where an
    install goes; `pip`: the version that `-m pip` finds; `ensurepip`: present, absent or debian-venv-only;
    `sets_env`: a wrapper sets these first."""

    executable: str
    paths: tuple[str, ...]
    version: str
    vendor: str  # cpython, debian, nixpkgs, uv
    prefix: str
    base_prefix: str
    stdlib: str
    site_packages: tuple[str, ...]
    pip: str | None = None
    ensurepip: str = "present"
    venv: bool = True
    modules: Mapping[str, str] = field(default_factory=dict)
    sets_env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InstalledProgram:
    """A program other than a Python (`is`: pip, uv, poetry, …); `interpreter`: the executable that it runs on."""

    kind: str
    paths: tuple[str, ...]
    version: str
    interpreter: str | None = None
    module_dir: str | None = None
    prefix: str | None = None
    base_prefix: str | None = None
    sets_env: Mapping[str, str] = field(default_factory=dict)
    patched_by: str | None = None


@dataclass(frozen=True, slots=True)
class Venv:
    """A virtual environment that exists already. `pip`: version in it or None."""

    path: str
    interpreter: str
    pip: str | None = None
    system_site_packages: bool = False
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class InstalledDistribution:
    """A distribution that is installed besides the interpreters' own modules."""

    name: str
    version: str
    interpreter: str | None = None
    dir: str | None = None
    installer: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A package index: all that it serves. None as `projects`: unknown (the public index)."""

    url: str = "https://pypi.org/simple"
    projects: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine before a command runs. `files`: absolute path → {"text"}, {"base64"}, {"symlink"}, {"dir": true},
    {"wheel": "pip 24.0"} or {"absent": true}, with "mode" where it matters. `closed`: every program that is not
    listed and is no core utility does not exist (False: it may exist)."""

    name: str = "machine"
    os_id: str = "debian"
    os_version: str = "12"
    user: User = field(default_factory=User)
    cwd: str = "/"
    shell: str = "/bin/bash"
    env: Mapping[str, str] = field(default_factory=dict)
    read_only: tuple[str, ...] = ()
    writable_by_user: tuple[str, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    programs: tuple[InstalledProgram, ...] = ()
    venvs: tuple[Venv, ...] = ()
    distributions: tuple[InstalledDistribution, ...] = ()
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    closed: bool = True
