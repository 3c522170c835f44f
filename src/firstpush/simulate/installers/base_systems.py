"""What systems bring: their Python, its marker, its pip, what their packages add. In: a machine; out: facts as values.

The rows are in facts/markers.toml.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from firstpush.facts import table, text
from firstpush.model.machine import InstalledProgram, Interpreter, Machine
from firstpush.simulate.installers.paths import short_version
from firstpush.simulate.installers.versions import number
from firstpush.simulate.packages import RESOLVERS, Brought

UNRECORDED = "[externally-managed]\nError=This Python is managed by the system's package manager.\n"
_FAMILY = {"apt-get": "apt", "aptitude": "apt", "yum": "dnf", "microdnf": "dnf", "dnf5": "dnf"}
_LIKE = {"linuxmint": "ubuntu", "pop": "ubuntu", "raspbian": "debian", "centos": "rhel", "ol": "rhel"}


def family(manager: str) -> str:
    """`apt-get` and `apt` install the same packages."""
    return _FAMILY.get(manager, manager)


def base_row(os_id: str, version: str) -> dict[str, Any] | None:
    """The row of this system: the same version, else the newest that is not newer of the same system."""
    rows = [row for row in table("markers")["base"] if row["os"] == _LIKE.get(os_id, os_id)]
    exact = [row for row in rows if number(row["version"]) == number(version) and number(version)]
    if exact:
        return dict(exact[0])
    rolling = [row for row in rows if row["version"] == "rolling"]
    older = [row for row in rows if number(row["version"]) <= number(version)] if number(version) else []
    best = max(older, key=lambda row: number(row["version"]), default=None)
    if best is None or number(best["version"])[:1] != number(version)[:1]:
        return dict(rolling[0]) if rolling else None
    return dict(best)


def interpreter(row: dict[str, Any], *, ensurepip: str | None = None, alias: bool = False) -> Interpreter:
    """The system's own Python."""
    names = ["python3", f"python{short_version(row['python'])}"] + (["python"] if alias else [])
    return Interpreter(
        executable=row["executable"],
        paths=tuple(f"/usr/bin/{name}" for name in names),
        version=row["python"],
        vendor=row["vendor"],
        prefix="/usr",
        base_prefix="/usr",
        stdlib=row["stdlib"],
        site_packages=tuple(row["site"]),
        ensurepip=ensurepip or row["ensurepip"],
    )


def marker_file(row: dict[str, Any]) -> dict[str, str]:
    """The marker as a file: path → text; empty where the system has none."""
    if not row["marker"]:
        return {}
    words = UNRECORDED if row["marker"] == "yes" else text(row["marker"])
    return {f"{row['stdlib']}/EXTERNALLY-MANAGED": words}


def brings(manager: str, name: str) -> frozenset[str] | None:
    """What a package adds, or None when the facts do not know it."""
    plain = name.split("=")[0].split("/")[0].split(":")[0]
    for row in table("markers")["package"]:
        if row["manager"] == family(manager) and plain in row["names"]:
            return frozenset(row["brings"])
    if family(manager) == "apt" and plain.startswith("python3.") and plain.endswith("-venv"):
        return frozenset(("python", "ensurepip"))
    return None


def resolve(machine: Machine, manager: str, name: str) -> Brought | None:
    """What installing this package lays down on this machine."""
    row = base_row(machine.os_id, machine.os_version)
    what = brings(manager, name)
    if row is None or what is None:
        return None
    interpreters: list[Interpreter] = []
    programs: list[InstalledProgram] = []
    if "python" in what:
        ensurepip = "debian-venv-only" if "ensurepip" in what else None
        interpreters.append(interpreter(row, ensurepip=ensurepip, alias="alias" in what))
    short = short_version(row["python"])
    own = row["site"][-1]
    if "pip" in what:
        paths = tuple(f"/usr/bin/{program}" for program in ("pip", "pip3", f"pip{short}"))
        programs.append(InstalledProgram("pip", paths, row["pip"], row["executable"], module_dir=own))
    kinds = [kind for kind in ("pipx", "virtualenv", "poetry") if kind in what]
    programs += [InstalledProgram(kind, (f"/usr/bin/{kind}",), "0", row["executable"]) for kind in kinds]
    if "uv" in what:
        newest = str(table("installers_uv_options")["uv"][0]["versions"][-1])
        programs.append(InstalledProgram("uv", ("/usr/bin/uv",), newest))
    return Brought(tuple(interpreters), tuple(programs), marker_file(row) if interpreters else {})


def downloaded_python(machine: Machine, folder: str) -> Brought | None:
    """A Python that uv downloads: `folder` is its own."""
    del machine
    version = folder.rsplit("/", 1)[-1].split("-")[1]
    version = version if version.count(".") == 2 else f"{version}.0"
    short = short_version(version)
    found = Interpreter(
        executable=f"{folder}/bin/python{short}",
        paths=tuple(f"{folder}/bin/{name}" for name in ("python", "python3", f"python{short}")),
        version=version,
        vendor="uv",
        prefix=folder,
        base_prefix=folder,
        stdlib=f"{folder}/lib/python{short}",
        site_packages=(f"{folder}/lib/python{short}/site-packages",),
    )
    return Brought((found,), (), {f"{found.stdlib}/EXTERNALLY-MANAGED": text("markers/uv.EXTERNALLY-MANAGED")})


def _resolve_of(manager: str, machine: Machine, name: str) -> Brought | None:
    return resolve(machine, manager, name)


def register() -> None:
    """Tell the state what packages bring."""
    for manager in ("apt", "apk", "dnf", "pacman"):
        RESOLVERS[manager] = partial(_resolve_of, manager)
    RESOLVERS["uv-python"] = downloaded_python
