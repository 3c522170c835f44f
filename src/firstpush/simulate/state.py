"""The machine while commands run on it: file system, interpreters, virtual environments, installed distributions.

`State.of(machine)` starts one; `apply(effect)` changes it; `copy()` gives an independent one (subshells share files,
so they share a State; RUN steps share it as well). The shell's own state (variables, working directory) is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

from firstpush.model.value import dataclass
from firstpush.simulate.filesystem import File, FileSystem, Folder, Link, Mount
from firstpush.simulate.invocation import (
    AddPackages,
    Install,
    Installed,
    MakeFolder,
    MakeLink,
    MakeVenv,
    Move,
    Remove,
    SetMode,
    Uninstall,
    WriteFile,
)

if TYPE_CHECKING:
    from firstpush.model.machine import InstalledProgram, Interpreter, Machine, User
    from firstpush.simulate.invocation import Effect

__all__ = ["File", "FileSystem", "Folder", "Link", "Mount", "PythonView", "State", "ToolView", "short_version"]


def short_version(version: str) -> str:
    """`3.11` of `3.11.7`."""
    return ".".join(version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class PythonView:
    """What a Python is once started through a path: `sys` as it reports it.

    `executable`: the path it was started through (`sys.executable`); `real`: the interpreter's real file; `prefix` and
    `base_prefix` as in `sys` (different: a virtual environment); `stdlib`: `sysconfig` path `stdlib`;
    `site`: where an install goes (`purelib`); `sites`: PYTHONPATH's folders, then the site directories on `sys.path`,
    the user's first of them when it is enabled; `scripts`: where console scripts go; `user_site`/`user_scripts`;
    `pip`: version that `-m pip` finds, or None; `pip_dir`: where it lies; `system_site_packages`: of a venv;
    `sets_env`: a wrapper sets these first; `python_path`: the folders of PYTHONPATH; `created_by`: of a venv."""

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
    pip_dir: str | None = None
    python_path: tuple[str, ...] = ()
    base_sites: tuple[str, ...] = ()
    created_by: str | None = None

    @property
    def virtual(self) -> bool:
        return self.prefix != self.base_prefix


@dataclass(frozen=True, slots=True)
class ToolView:
    """A tool that is no Python once started through a path. `python`: the Python that it runs on, as the tool sees it
    (its own `prefix`, `module_dir` first among the sites), or None for a native program; `stale`: the interpreter of
    its first line, where that does not exist (the kernel then says "not found")."""

    kind: str
    path: str
    version: str
    python: PythonView | None = None
    program: InstalledProgram | None = None
    stale: str | None = None


def normalise(name: str) -> str:
    """The comparable form of a distribution's name (PEP 503)."""
    return name.lower().replace("_", "-").replace(".", "-")


class State:
    """See the module's docstring."""

    __slots__ = (
        "_script_folders",
        "_sites",
        "_unknown_scripts",
        "assumed",
        "files",
        "machine",
        "packages",
        "tainted",
        "unfinished",
        "venvs",
    )

    def __init__(self, machine: Machine, files: FileSystem) -> None:
        self.machine = machine
        self.files = files
        self._sites: dict[str, dict[str, Installed]] = {}
        self._unknown_scripts: dict[str, tuple[Installed, ...]] = {}
        self._script_folders: dict[str, list[str]] = {}
        self.venvs: dict[str, str | None] = {}  # path → created_by
        self.packages: dict[str, tuple[str, ...]] = {}  # system packages by manager
        self.tainted: str | None = None  # why anything may have changed (an unknown script ran)
        # What failed installs should have brought: however the user repairs them, the app will find it.
        self.assumed: tuple[Installed, ...] = ()
        self.unfinished: str | None = None  # why a step did not bring what it should have brought

    @classmethod
    def of(cls, machine: Machine) -> State:
        """A new state of this machine. The first call for a machine builds it, later ones copy."""
        from firstpush.simulate.layout import base_state

        return base_state(machine).copy()

    def copy(self) -> State:
        other = State(self.machine, self.files.copy())
        other._sites = {site: dict(found) for site, found in self._sites.items()}
        other._unknown_scripts = dict(self._unknown_scripts)
        other._script_folders = {site: list(folders) for site, folders in self._script_folders.items()}
        other.venvs = dict(self.venvs)
        other.packages = dict(self.packages)
        other.tainted = self.tainted
        other.unfinished = self.unfinished
        other.assumed = self.assumed
        return other

    # -- Pythons and tools ---------------------------------------------------------------------------------------

    def interpreter(self, path: str) -> Interpreter | None:
        """The described interpreter that the file at `path` is (links followed), or None."""
        node = self.files.node(path)
        return node.interpreter if isinstance(node, File) else None

    def venv_of(self, path: str) -> str | None:
        """The virtual environment that a Python started as `path` finds (`pyvenv.cfg` beside it or one above)."""
        folder = dirname(path)
        for candidate in (folder, dirname(folder)):
            if self.files.is_file(join(candidate, "pyvenv.cfg")):
                return candidate
        return None

    def python(self, path: str, env: Mapping[str, str | None], user: User) -> PythonView | None:
        """The Python that the file at `path` starts (follows links, venvs, wrappers), or None when it is none."""
        from firstpush.simulate.pythons import python_view

        return python_view(self, path, env, user)

    def tool(self, path: str, env: Mapping[str, str | None], user: User) -> ToolView | None:
        """The tool (pip, uv, poetry, uvicorn, …) that the file at `path` is, or None when it is none."""
        from firstpush.simulate.pythons import tool_view

        return tool_view(self, path, env, user)

    # -- distributions -------------------------------------------------------------------------------------------

    def installed(self, site: str) -> tuple[Installed, ...]:
        """Distributions in a site directory."""
        return tuple(self._sites.get(self.files.realpath(site), {}).values())

    def distribution(self, name: str, sites: tuple[str, ...]) -> tuple[Installed, str] | None:
        """The first distribution of this name in these site directories, and the directory."""
        wanted = normalise(name)
        for site in sites:
            found = self._sites.get(self.files.realpath(site), {}).get(wanted)
            if found is not None:
                return found, site
        return None

    def add_distribution(self, site: str, distribution: Installed) -> None:
        self._sites.setdefault(self.files.realpath(site), {})[normalise(distribution.name)] = distribution

    def sites(self) -> tuple[str, ...]:
        """All site directories that hold a distribution."""
        return tuple(site for site, found in self._sites.items() if found)

    def script_folders(self, site: str) -> tuple[str, ...]:
        """Where console scripts of distributions in a site directory may lie."""
        return tuple(self._script_folders.get(self.files.realpath(site), ()))

    def maybe_script(self, folder: str) -> tuple[Installed, ...]:
        """Distributions whose console scripts go into `folder` but are not known by name."""
        if not self._unknown_scripts:
            return ()
        return self._unknown_scripts.get(self.files.realpath(folder), ())

    # -- effects -------------------------------------------------------------------------------------------------

    def apply(self, effect: Effect) -> None:
        """Change the machine as the effect says."""
        files = self.files
        match effect:
            case WriteFile(path, content, mode):
                files.put(path, File(content=content, mode=mode, owned=True))
            case MakeFolder(path):
                files.put(path, Folder(owned=True))
            case SetMode(path, mode):
                files.chmod(path, mode)
            case MakeLink(path, target):
                files.put_link(path, target)
            case Remove(path):
                self._remove_sites(files.realpath(path) if not files.is_link(path) else normpath(path))
                files.remove(path)
            case Move(path, to, copy):
                self._move(path, to, copy)
            case MakeVenv():
                self._make_venv(effect)
            case Install():
                self._install(effect)
            case Uninstall(names, site):
                self._uninstall(names, site)
            case AddPackages(manager, names):
                self._add_packages(manager, names)

    def _remove_sites(self, path: str) -> None:
        tables: tuple[dict[str, Any], ...] = (self._sites, self._unknown_scripts, self.venvs)
        for table in tables:
            for key in [key for key in table if key == path or key.startswith(path + "/")]:
                del table[key]

    def _move(self, path: str, to: str, copy: bool) -> None:
        real = self.files.realpath(path)
        tables: tuple[dict[str, Any], ...] = (self._sites, self._unknown_scripts, self.venvs)
        for table in tables:
            for key in [key for key in table if key == real or key.startswith(real + "/")]:
                table[to + key[len(real) :]] = table[key]
        if not copy:
            self._remove_sites(real)
        self.files.move(path, to, copy)

    def _make_venv(self, effect: MakeVenv) -> None:
        from firstpush.simulate.layout import venv_nodes

        interpreter = self.interpreter(effect.interpreter)
        if interpreter is None:
            return
        for path, node in venv_nodes(effect, interpreter).items():
            self.files.put(path, node)
        self.venvs[self.files.realpath(effect.path)] = effect.created_by
        if effect.pip is not None:
            site = join(effect.path, f"lib/python{short_version(interpreter.version)}/site-packages")
            self.add_distribution(site, Installed("pip", effect.pip, modules=("pip",)))

    def _install(self, effect: Install) -> None:
        self.files.put(effect.site, Folder(owned=True))
        folders = self._script_folders.setdefault(self.files.realpath(effect.site), [])
        if effect.scripts not in folders:
            folders.append(effect.scripts)
        for distribution in effect.distributions:
            self.add_distribution(effect.site, distribution)
            scripts = distribution.scripts
            if distribution.name.lower() == "pip" and scripts is None:
                scripts = ("pip", "pip3")
            if scripts is None:
                key = self.files.realpath(effect.scripts)
                self._unknown_scripts[key] = (*self._unknown_scripts.get(key, ()), distribution)
            for script in scripts or ():
                self._put_script(effect, script, distribution)

    def _put_script(self, effect: Install, script: str, distribution: Installed) -> None:
        from firstpush.simulate.layout import script_node

        path = join(effect.scripts, script)
        python = self._python_for(effect)
        self.files.put(path, script_node(script, python, distribution.version or ""))

    def _python_for(self, effect: Install) -> str | None:
        """The Python that console scripts of this install name in their first line, or None when it is not known."""
        if effect.prefix is not None:
            candidate = join(effect.prefix, "bin/python")
            if self.files.is_file(join(effect.prefix, "pyvenv.cfg")) and self.files.exists(candidate):
                return candidate
            for interpreter in self.machine.interpreters:
                if interpreter.prefix == effect.prefix or effect.site in interpreter.site_packages:
                    return interpreter.executable
        for interpreter in self.machine.interpreters:
            if effect.site in interpreter.site_packages:
                return interpreter.executable
        return None

    def _uninstall(self, names: tuple[str, ...], site: str) -> None:
        found = self._sites.get(self.files.realpath(site), {})
        for name in names:
            gone = found.pop(normalise(name), None)
            for script in (gone.scripts if gone is not None else None) or ():
                folder = join(dirname(dirname(dirname(site))), "bin")
                if self.files.exists(join(folder, script)):
                    self.files.remove(join(folder, script))

    def _add_packages(self, manager: str, names: tuple[str, ...]) -> None:
        from firstpush.simulate.layout import add_packages

        self.packages[manager] = (*self.packages.get(manager, ()), *names)
        add_packages(self, manager, names)

    def keep_only(self, folders: tuple[str, ...]) -> None:
        """Forget all that lies outside these folders: another image is started, which got copies of them."""
        self.files.keep_only(folders, ())
        tables: tuple[dict[str, Any], ...] = (self._sites, self._unknown_scripts, self.venvs)
        for table in tables:
            for key in list(table):
                if not any(key == folder or key.startswith(folder.rstrip("/") + "/") for folder in folders):
                    del table[key]
