"""Cases that run for real and are predicted as well. In: a `Case`; out: `Observation` and the machine describing it.

A laboratory holds, for each pip version, a managed and a plain Python with a virtual environment of both kinds, and uv
programs. Everything a run leaves is seen, then removed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.oracle.replica import (
    PROJECTS,
    Base,
    Prefix,
    Ran,
    add_pip,
    copy_library,
    download,
    find_base,
    make_python,
    run,
    unpack,
    unpack_uv,
    write_index,
)

NOBODY = 65534
MARKER = b"[externally-managed]\nError=Use the system's package manager.\n\n Or a virtual environment.\n"
OURS = ("fpdemo", "fpdep", "fppre")


@dataclass(frozen=True, slots=True)
class Case:
    """One run. `where`: managed, plain, venv, ssp-venv (both of the managed Python); `how`: script (bin/pip), module
    (python -m pip), isolated (python -I -m pip), uv; `words`: after the program; `files`: relative to the working
    directory or, with `~/`, to the home; `preinstalled`: fppre lies in the Python's site directory."""

    version: str
    where: str
    how: str
    words: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    as_nobody: bool = False
    preinstalled: bool = False
    marker: bytes | None = MARKER

    def __str__(self) -> str:
        env = " ".join(f"{name}={shlex.quote(value)}" for name, value in self.env.items())
        own = {name: text for name, text in self.files.items() if not name.endswith(".txt")}
        files = f" files={own}" if own else ""
        user = " as nobody" if self.as_nobody else ""
        extra = " +fppre" if self.preinstalled else ""
        return f"[{self.version} {self.where} {self.how}{user}{extra}] {env} {shlex.join(self.words)}{files}"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a run really did: exit code, places where our distributions are new, whether PEP 668's words were said."""

    ran: Ran
    places: frozenset[str]
    refused: bool


@dataclass(slots=True)
class Laboratory:
    """`root` must be readable by every user; `cache`: where wheels are kept between sessions."""

    root: Path
    cache: Path
    url: str
    prefixes: dict[tuple[str, str], Prefix] = field(default_factory=dict)
    venvs: dict[tuple[str, str], Path] = field(default_factory=dict)
    uvs: dict[str, Path] = field(default_factory=dict)
    base: Base | None = None

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def out(self) -> Path:
        return self.root / "out"

    def home(self, case: Case) -> Path:
        return self.root / ("home-nobody" if case.as_nobody else "home")

    def build(self, pips: list[str], uvs: list[str]) -> None:
        """Lay everything down: about a second a pip version once the wheels are there."""
        write_index(self.root / "index")
        self.base = find_base()
        library = copy_library(self.base, self.root / "library")
        for version in pips:
            unpacked = unpack(download("pip", version, self.cache), self.root / "pip" / version)
            for kind, marker in (("managed", MARKER), ("plain", None)):
                prefix = make_python(self.base, self.root / version / kind, library, marker)
                add_pip(prefix, unpacked, version)
                self.prefixes[version, kind] = prefix
            for kind in ("venv", "ssp-venv"):
                self.venvs[version, kind] = self._venv(self.prefixes[version, "managed"], version, kind, unpacked)
        for version in uvs:
            self.uvs[version] = unpack_uv(download("uv", version, self.cache), self.root / "uv" / version)
        for path in [self.root, *self.root.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
        self.clean()

    def _venv(self, base: Prefix, version: str, kind: str, unpacked: Path) -> Path:
        folder = self.root / version / kind
        command = [str(base.executable), "-m", "venv", "--without-pip", str(folder)]
        command += ["--system-site-packages"] if kind == "ssp-venv" else []
        subprocess.run(command, check=True, capture_output=True)
        inside = Prefix(folder, base.version)
        add_pip(inside, unpacked, version)
        return folder

    def clean(self) -> None:
        """Forget what the last run left."""
        for name in ("work", "out", "home", "home-nobody"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir(mode=0o777)
            (self.root / name).chmod(0o777)
        if os.getuid() == 0:
            os.chown(self.root / "home-nobody", NOBODY, NOBODY)
        for folder in [*(prefix.folder for prefix in self.prefixes.values()), *self.venvs.values()]:
            (folder / "pip.conf").unlink(missing_ok=True)
            (folder / "bin" / "fpdemo").unlink(missing_ok=True)
        for site in self._sites().values():
            for path in site.glob("fp*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _sites(self) -> dict[Path, Path]:
        """Folder of each Python → its site directory."""
        out = {prefix.folder: prefix.site for prefix in self.prefixes.values()}
        short = f"python{next(iter(self.prefixes.values())).short}"
        out |= {folder: folder / "lib" / short / "site-packages" for folder in self.venvs.values()}
        return out

    def observe(self, case: Case) -> tuple[Observation, dict[str, Any], str]:
        """Run the case; give back what happened, its machine and its command for the simulator."""
        self.clean()
        prefix = self.prefixes[case.version if case.how != "uv" else next(iter(self.prefixes))[0], self._kind(case)]
        prefix.write_marker(case.marker if self._kind(case) == "managed" else None)
        argv, env = self._command(case, prefix)
        files = self._write_files(case, prefix)
        if case.preinstalled:
            with zipfile.ZipFile(next((self.root / "index/simple/fppre").glob("*.whl"))) as archive:
                archive.extractall(prefix.site)
        machine = self._machine(case, prefix, env, files)
        before = self._landed(case)
        ran = run(argv, env, self.work, user=NOBODY if case.as_nobody else None)
        after = self._landed(case)
        words = (b"externally-managed-environment", b"externally managed", b"DuplicateOptionError")
        refused = any(word in ran.stderr for word in words)
        places = frozenset(place for place, names in after.items() if names - before.get(place, frozenset()))
        gone = any(before[place] - after.get(place, frozenset()) for place in before)
        command = shlex.join(argv)
        return Observation(ran, places | ({"removed"} if gone else frozenset()), refused), machine, command

    def _kind(self, case: Case) -> str:
        return "plain" if case.where == "plain" else "managed"

    def _command(self, case: Case, prefix: Prefix) -> tuple[list[str], dict[str, str]]:
        venv = self.venvs.get((case.version, case.where)) if case.how != "uv" else None
        folder = venv or prefix.folder
        env = {
            "HOME": str(self.home(case)),
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": str(prefix.folder / "lib"),  # a shared libpython that every user can read
            "PATH": f"{folder}/bin:/usr/bin:/bin",
            "TMPDIR": str(self.home(case)),  # uv leaves lock files there, and another user's stop it
            "PIP_INDEX_URL": self.url,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_CACHE_DIR": "1",
            "UV_INDEX_URL": self.url,
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_LINK_MODE": "copy",
        }
        inside = self.venvs.get((prefix.pip or "", "venv"), self.out)

        def fill(text: str) -> str:
            text = text.replace("{out}", str(self.out)).replace("{python}", str(prefix.executable))
            return text.replace("{venv}", str(inside))

        env.update({name: fill(value) for name, value in case.env.items()})
        words = [fill(word) for word in case.words]
        program = {
            "script": [f"{folder}/bin/pip"],
            "module": [f"{folder}/bin/python", "-m", "pip"],
            "isolated": [f"{folder}/bin/python", "-I", "-m", "pip"],
            "uv": [str(self.uvs.get(case.version, ""))],
        }[case.how]
        return [*program, *words], env

    def _write_files(self, case: Case, prefix: Prefix) -> dict[str, Any]:
        described: dict[str, Any] = {}
        for name, text in case.files.items():
            folder = self.work
            if name.startswith("~/"):
                folder, name = self.home(case), name[2:]
            elif name.startswith("{prefix}/"):
                folder, name = self.venvs.get((case.version, case.where), prefix.folder), name[9:]
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("{out}", str(self.out)))
            described[str(path)] = {"text": path.read_text()}
        for path in (Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf")):
            if path.is_file():
                described[str(path)] = {"text": path.read_text()}
        return described

    def _machine(self, case: Case, prefix: Prefix, env: dict[str, str], files: dict[str, Any]) -> dict[str, Any]:
        """The description (docs/simulate.md)."""
        nobody = case.as_nobody
        home = str(self.home(case))
        uv = self.uvs.get(case.version)
        base = self.prefixes[prefix.pip or "", "managed"]
        venvs = [
            {
                "path": str(folder),
                "interpreter": str(self.prefixes[version, "managed"].executable),
                "pip": version,
                "system_site_packages": kind == "ssp-venv",
                "created_by": "venv",
            }
            for (version, kind), folder in self.venvs.items()
            if version == prefix.pip
        ]
        preinstalled = {
            "name": "fppre",
            "version": "1.0",
            "interpreter": str(prefix.executable),
            "dir": str(prefix.site),
        }
        return {
            "format": 1,
            "name": str(case),
            "os": {"id": "debian", "version_id": "12"},
            "user": {"name": "nobody" if nobody else "root", "uid": NOBODY if nobody else 0, "home": home},
            "cwd": str(self.work),
            "shell": "/bin/bash",
            "env": env,
            "read_only": [],
            "writable_by_user": [home, str(self.work), str(self.out), "/tmp"] if nobody else ["/"],
            "interpreters": [prefix.describe()] + ([] if prefix is base else [base.describe()]),
            "programs": prefix.programs() + ([{"is": "uv", "paths": [str(uv)], "version": case.version}] if uv else []),
            "venvs": venvs,
            "distributions": [preinstalled] if case.preinstalled else [],
            "files": prefix.files() | base.files() | files | {str(self.out): {"dir": True}},
            "index": {"url": self.url, "projects": {name: list(versions) for name, versions in PROJECTS.items()}},
        }

    def _landed(self, case: Case) -> dict[str, frozenset[str]]:
        """Place → our distributions that lie there."""
        places = {"system": [], "venv": [], "user": [], "target": [], "file": []}  # type: dict[str, list[Path]]
        for folder, site in self._sites().items():
            places["venv" if folder in self.venvs.values() else "system"].append(site)
        found: dict[str, set[str]] = {place: set() for place in places}
        for place, folders in places.items():
            for folder in folders:
                found[place] |= {path.name for path in folder.glob("fp*.dist-info")}
        found["user"] |= {path.name for path in self.home(case).rglob("fp*.dist-info")}
        found["target"] |= {path.name for path in self.out.rglob("fp*.dist-info")}
        for folder in (self.out, self.work):
            found["file"] |= {path.name for path in folder.rglob("fp*.whl")}
        found["target"] |= {path.name for path in self.work.rglob("fp*.dist-info") if ".venv" not in path.parts}
        found["venv"] |= {path.name for path in self.work.rglob("fp*.dist-info") if ".venv" in path.parts}
        return {place: frozenset(names) for place, names in found.items()}
