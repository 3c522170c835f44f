"""The machine while commands run on it: file system, interpreters, virtual environments, installed distributions.

`State.of(machine)` starts one; `apply(effect)` changes it; `copy()` gives an independent one (subshells share files,
so they share a State; RUN steps share it as well). The shell's own state (variables, working directory) is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstpush.model.machine import Machine, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firstpush.simulate.invocation import Effect, Installed


@dataclass(frozen=True, slots=True)
class PythonView:
    """What a Python is once started through a path: `sys` as it reports it.

    `executable`: the path it was started through (`sys.executable`); `real`: the interpreter's real file; `prefix` and
    `base_prefix` as in `sys` (different: a virtual environment); `stdlib`: `sysconfig` path `stdlib`;
    `site`: where an install goes (`purelib`); `sites`: all site directories on `sys.path`; `scripts`: where console
    scripts go; `user_site`/`user_scripts`; `pip`: version that `-m pip` finds, or None; `pip_dir`: where it lies;
    `system_site_packages`: of a venv; `sets_env`: a wrapper sets these first."""

    executable: str
    real: str
    version: str
    vendor: str
    prefix: str
    base_prefix: str
    stdlib: str
    site: str
    sites: tuple[str, ...]
    scripts: str
    user_site: str
    user_scripts: str
    pip: str | None
    ensurepip: str
    venv_module: bool
    system_site_packages: bool
    sets_env: Mapping[str, str]

    @property
    def virtual(self) -> bool:
        return self.prefix != self.base_prefix


class FileSystem:
    """A layered file tree: described files, project files (read lazily), what commands wrote. Closed world: a path
    that nothing describes does not exist, unless below a folder that is `opaque` (content unknown)."""

    def exists(self, path: str) -> bool | None:
        """True, False, or None when it cannot be known. Follows links."""
        raise NotImplementedError

    def is_file(self, path: str) -> bool | None:
        raise NotImplementedError

    def is_folder(self, path: str) -> bool | None:
        raise NotImplementedError

    def realpath(self, path: str) -> str:
        raise NotImplementedError

    def read(self, path: str, user: User) -> str | bytes | None:
        """The content; None when unknown; raises FileNotFoundError, PermissionError, IsADirectoryError."""
        raise NotImplementedError

    def writable(self, path: str, user: User) -> str | None:
        """None when this user can write (create) there; else `read-only` or `permission`."""
        raise NotImplementedError

    def list(self, path: str) -> tuple[str, ...]:
        raise NotImplementedError


class State:
    """See the module's docstring."""

    machine: Machine
    files: FileSystem

    @classmethod
    def of(cls, machine: Machine) -> State:
        raise NotImplementedError

    def python(self, path: str, env: Mapping[str, str | None], user: User) -> PythonView | None:
        """The Python that the file at `path` starts (follows links, venvs, wrappers), or None when it is none."""
        raise NotImplementedError

    def installed(self, site: str) -> tuple[Installed, ...]:
        """Distributions in a site directory."""
        raise NotImplementedError

    def apply(self, effect: Effect) -> None:
        raise NotImplementedError

    def copy(self) -> State:
        raise NotImplementedError
