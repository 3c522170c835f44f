"""The Python that runs an installer, seen as the installer sees it. In: `PythonView`, flags, environment; out: answers.

What CPython's site.py and sysconfig.py (with Debian's patch) compute: whether it is virtual, whether the user site
counts, the marker's path, the folders of an installation scheme.
"""

from __future__ import annotations

import posixpath

from firstpush.model.machine import User
from firstpush.model.outcome import Place
from firstpush.model.value import dataclass
from firstpush.simulate.installers.paths import Environment, absolute, is_below, short_version, user_base
from firstpush.simulate.state import PythonView, State


@dataclass(frozen=True, slots=True)
class Scheme:
    """Where an installation puts things: `site` (purelib), `scripts`; `prefix`: what both lie below."""

    site: str
    scripts: str
    prefix: str


@dataclass(frozen=True, slots=True)
class RunningPython:
    """A started Python with its flags (letters as in `python -I`) and environment."""

    view: PythonView
    env: Environment
    user: User
    state: State
    flags: str = ""

    @property
    def virtual(self) -> bool:
        return self.view.prefix != self.view.base_prefix

    @property
    def in_venv(self) -> bool:
        """A pyvenv.cfg made it virtual (not a Nix wrapper's variables): then site.py reads its system-site key."""
        return self.virtual and bool(self.state.files.is_file(posixpath.join(self.view.prefix, "pyvenv.cfg")))

    @property
    def ignores_environment(self) -> bool:
        return "E" in self.flags or "I" in self.flags

    @property
    def user_site_enabled(self) -> bool:
        """`site.ENABLE_USER_SITE` (user and effective user are the same here)."""
        if (
            "s" in self.flags
            or "I" in self.flags
            or (not self.ignores_environment and self.env.get("PYTHONNOUSERSITE"))
        ):
            return False
        return not (self.in_venv and not self.view.system_site_packages)

    @property
    def no_global_in_venv(self) -> bool:
        """pip's `virtualenv_no_global()`: a virtual Python without a readable pyvenv.cfg counts as closed."""
        return self.virtual and (not self.in_venv or not self.view.system_site_packages)

    @property
    def version(self) -> str:
        return short_version(self.view.version)

    @property
    def marker(self) -> str:
        return posixpath.join(self.view.stdlib, "EXTERNALLY-MANAGED")

    @property
    def debian_layout(self) -> str | None:
        """Debian's installation scheme outside of venvs: posix_local, or deb_system when asked; None elsewhere."""
        if self.view.vendor != "debian" or self.virtual:
            return None
        wanted = None if self.ignores_environment else self.env.get("DEB_PYTHON_INSTALL_LAYOUT")
        return "deb_system" if wanted in ("deb", "deb_system") else "posix_local"

    @property
    def default_scheme(self) -> Scheme:
        """Where an install goes when nothing is said."""
        if self.debian_layout == "deb_system":
            return Scheme("/usr/lib/python3/dist-packages", "/usr/bin", "/usr")
        return Scheme(self.view.site, self.view.scripts, self.view.prefix)

    @property
    def user_scheme(self) -> Scheme:
        base = user_base(self.env, self.user, ignore_environment=self.ignores_environment)
        return Scheme(f"{base}/lib/python{self.version}/site-packages", f"{base}/bin", base)

    def prefix_scheme(self, prefix: str, *, debian_local: bool) -> Scheme:
        """`sysconfig` paths with another base. `debian_local`: pip before 26.3 keeps Debian's `local` there."""
        layout = self.debian_layout if debian_local else None
        if layout == "posix_local":
            return Scheme(f"{prefix}/local/lib/python{self.version}/dist-packages", f"{prefix}/local/bin", prefix)
        if layout == "deb_system":
            return Scheme(f"{prefix}/lib/python3/dist-packages", f"{prefix}/bin", prefix)
        return Scheme(f"{prefix}/lib/python{self.version}/site-packages", f"{prefix}/bin", prefix)

    def links_to_store(self, name: str) -> bool:
        """Whether a distribution came with a Nix environment (`python.withPackages`): a link farm to its store path."""
        if self.view.vendor != "nixpkgs" or self.virtual or not self.view.prefix.endswith("-env"):
            return False
        own = next((item for item in self.state.machine.interpreters if item.prefix == self.view.prefix), None)
        return own is not None and (name in own.modules or (name == "pip" and own.pip is not None))

    def place_of(self, site: str) -> Place:
        """Which place a folder is, seen from this Python (docs/simulate.md, `where`)."""
        site = absolute(site, "/")
        if site == self.user_scheme.site:
            return Place.USER
        if self.in_venv and is_below(site, self.view.prefix):
            return Place.VENV
        for interpreter in self.state.machine.interpreters:
            prefixes = {interpreter.prefix, interpreter.base_prefix}
            if interpreter.vendor == "debian":
                prefixes.add("/usr/local")
            own = set(interpreter.site_packages)
            for prefix in prefixes:
                for folder in ("site-packages", "dist-packages"):
                    own.add(f"{prefix}/lib/python{short_version(interpreter.version)}/{folder}")
            if site in own:
                return Place.SYSTEM
        if site in (self.view.site, self.default_scheme.site):
            return Place.VENV if self.in_venv else Place.SYSTEM
        return Place.TARGET
