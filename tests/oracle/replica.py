"""Real machines, cheaply: relocated Pythons with or without a marker, pips and uvs from PyPI, a local package index.

In: a folder; out: files on disk and the same as a machine description (docs/simulate.md). A Python is a prefix of its
own: a copy of the executable, a link to every entry of one shared copy of the standard library beside the marker, an
empty site-packages. CPython finds its prefix from its own place, so `sys.prefix` is the new one.
"""

from __future__ import annotations

import base64
import compileall
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROJECTS = {"fpdemo": ("1.0", "2.0"), "fpdep": ("1.0",), "fppre": ("1.0",)}
NEEDS = {"fpdemo": "fpdep"}
_LEFT_OUT = ("test", "tests", "idlelib", "lib2to3", "turtledemo", "tkinter", "site-packages", "EXTERNALLY-MANAGED")


def write_wheel(folder: Path, name: str, version: str) -> Path:
    """A pure wheel with one module, for fpdemo a console script of its own name, and its needs."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    if name in NEEDS:
        metadata += f"Requires-Dist: {NEEDS[name]}\n"
    files = {
        f"{name}.py": "def main():\n    print('here')\n\n\nif __name__ == '__main__':\n    main()\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: firstpush\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == "fpdemo":
        files[f"{info}/entry_points.txt"] = "[console_scripts]\nfpdemo = fpdemo:main\n"
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def write_index(folder: Path) -> None:
    """A PEP 503 tree: simple/NAME/index.html beside the wheels."""
    for name, versions in PROJECTS.items():
        project = folder / "simple" / name
        project.mkdir(parents=True)
        links = [write_wheel(project, name, version).name for version in versions]
        (project / "index.html").write_text("".join(f'<a href="{link}">{link}</a>\n' for link in links))
    (folder / "simple" / "index.html").write_text("".join(f'<a href="{name}/">{name}</a>\n' for name in PROJECTS))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        del format, args


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of the simple index while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(slots=True)
class Prefix:
    """A relocated Python on disk."""

    folder: Path
    version: str
    marker: bytes | None = None
    pip: str | None = None

    @property
    def short(self) -> str:
        return ".".join(self.version.split(".")[:2])

    @property
    def executable(self) -> Path:
        return self.folder / "bin" / f"python{self.short}"

    @property
    def stdlib(self) -> Path:
        return self.folder / "lib" / f"python{self.short}"

    @property
    def site(self) -> Path:
        return self.stdlib / "site-packages"

    def describe(self) -> dict[str, Any]:
        """The interpreter of a machine description."""
        return {
            "executable": str(self.executable),
            "paths": [str(self.folder / "bin" / name) for name in ("python", "python3", f"python{self.short}")],
            "version": self.version,
            "vendor": "cpython",
            "prefix": str(self.folder),
            "base_prefix": str(self.folder),
            "stdlib": str(self.stdlib),
            "site_packages": [str(self.site)],
            "pip": self.pip,
            "ensurepip": "present",
            "venv": True,
            "modules": {},
            "sets_env": {},
        }

    def programs(self) -> list[dict[str, Any]]:
        """The pip programs of a machine description."""
        if self.pip is None:
            return []
        paths = [str(self.folder / "bin" / name) for name in ("pip", "pip3", f"pip{self.short}")]
        return [{"is": "pip", "paths": paths, "version": self.pip, "interpreter": str(self.executable)}]

    def files(self) -> dict[str, Any]:
        """The marker as files of a machine description."""
        if self.marker is None:
            return {}
        encoded = base64.b64encode(self.marker).decode()
        return {str(self.stdlib / "EXTERNALLY-MANAGED"): {"base64": encoded}}

    def write_marker(self, marker: bytes | None) -> None:
        path = self.stdlib / "EXTERNALLY-MANAGED"
        path.unlink(missing_ok=True)
        if marker is not None:
            path.write_bytes(marker)
        self.marker = marker


@dataclass(frozen=True, slots=True)
class Base:
    """A CPython of this machine that follows no distribution's own layout."""

    executable: Path
    prefix: Path
    version: str

    @property
    def short(self) -> str:
        return ".".join(self.version.split(".")[:2])


def find_base() -> Base:
    """This Python's base, unless it is a distribution's (Debian's installs into dist-packages), else another one.
    FIRSTPUSH_ORACLE_PYTHON names one. Raises LookupError when there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [os.environ.get("FIRSTPUSH_ORACLE_PYTHON", ""), getattr(sys, "_base_executable", sys.executable)]
    candidates += sorted(str(path) for path in pyenv.glob("versions/3.1[1-9]*/bin/python3"))
    candidates += [shutil.which(name) or "" for name in ("python3.13", "python3.12", "python3.11")]
    code = "import sys, sysconfig; print(sys.base_prefix, sysconfig.get_path('purelib'), sys.version.split()[0])"
    for candidate in candidates:
        if not candidate:
            continue
        done = subprocess.run([candidate, "-I", "-c", code], capture_output=True, text=True, check=False, timeout=30)
        if done.returncode == 0:
            prefix, site, version = done.stdout.split()
            short = ".".join(version.split(".")[:2])
            if site == f"{prefix}/lib/python{short}/site-packages":
                return Base(Path(os.path.realpath(f"{prefix}/bin/python{short}")), Path(prefix), version)
    raise LookupError("no CPython with its own layout was found")


def copy_library(base: Base, folder: Path) -> Path:
    """One copy of a Python's standard library, readable by every user, without its tests."""
    source = base.prefix / "lib" / f"python{base.short}"
    shutil.copytree(source, folder, ignore=lambda _, names: [name for name in names if name in _LEFT_OUT])
    return folder


def make_python(base: Base, folder: Path, library: Path, marker: bytes | None, pip_wheel: Path | None = None) -> Prefix:
    """Lay down a prefix like the base's installation."""
    prefix = Prefix(folder, base.version, marker)
    (folder / "bin").mkdir(parents=True)
    prefix.site.mkdir(parents=True)
    shutil.copy2(base.executable, prefix.executable)
    for name in ("python", "python3"):
        (folder / "bin" / name).symlink_to(f"python{prefix.short}")
    for entry in library.iterdir():
        if entry.name != "__pycache__":
            (prefix.stdlib / entry.name).symlink_to(entry)
    for shared in (base.prefix / "lib").glob("libpython*"):
        shutil.copy2(shared, folder / "lib" / shared.name)
    prefix.write_marker(marker)
    return prefix


def unpack(wheel: Path, folder: Path) -> Path:
    """A wheel's content, once; compiled so that every run starts fast."""
    if not folder.exists():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        compileall.compile_dir(folder, quiet=2, workers=0)
    return folder


def add_pip(prefix: Prefix, unpacked: Path, version: str) -> None:
    """Link pip's package and write its scripts, as ensurepip leaves them."""
    for entry in unpacked.iterdir():
        if entry.name == "pip":
            (prefix.site / "pip").symlink_to(entry)
        else:
            shutil.copytree(entry, prefix.site / entry.name)
    script = f"#!{prefix.executable}\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
    for name in ("pip", "pip3", f"pip{prefix.short}"):
        path = prefix.folder / "bin" / name
        path.write_text(script)
        path.chmod(0o755)
    prefix.pip = version


@dataclass(frozen=True, slots=True)
class Ran:
    """What really happened."""

    code: int
    stdout: bytes
    stderr: bytes


def run(argv: list[str], env: Mapping[str, str], cwd: Path, *, user: int | None = None, timeout: float = 90) -> Ran:
    """Run a program with exactly this environment, as this user (None: our own)."""
    done = subprocess.run(
        argv,
        env=dict(env),
        cwd=cwd,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def download(name: str, version: str, folder: Path) -> Path:
    """A wheel from the package registry, once."""
    found = sorted(folder.glob(f"{name}-{version}-*.whl"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--disable-pip-version-check", "--dest", str(folder), f"{name}=={version}"]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        found = sorted(folder.glob(f"{name}-{version}-*.whl"))
    return found[0]


def unpack_uv(wheel: Path, folder: Path) -> Path:
    """The program in a uv wheel."""
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "uv"
        program.write_bytes(archive.read(member))
    program.chmod(0o755)
    return program
