"""Where the replica's Python comes from, and its layer.

In: an interpreter of the plan's machine, the CPythons of this machine, the cache, the package store. Out: the CPython
to copy, the layer that holds it, and where it is not the platform's. The order: a relocatable CPython of the same minor
version, uv's download, the system's own (Debian's patches undone), the nearest minor version, which proves nothing.
Raises `CannotRehearse` when there is none at all.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from firstpush.errors import CannotRehearse
from firstpush.model.machine import Interpreter
from firstpush.rehearsal.cache import Cache, key_of
from firstpush.rehearsal.door.store import Store, wheel
from firstpush.rehearsal.replica import debian, interpreters, machine_layer, uv
from firstpush.rehearsal.replica.interpreters import FoundPython
from firstpush.rehearsal.replica.relocate import relocate
from firstpush.rehearsal.values import Difference
from firstpush.simulate.installers.bundled import bundled

_ASK_AGAIN = 1800.0  # seconds until uv's source is asked again after it could not be reached


def choose(
    interpreter: Interpreter, found: list[FoundPython], cache: Cache, store: Store, told: list[Difference]
) -> FoundPython:
    """The CPython that stands for `interpreter`; `told` gets the differences."""
    minor = minor_of(interpreter.version)
    system = interpreters.find_system()
    python = interpreters.best(interpreter.version, found)
    if python is None and not store.offline:
        python = _download(minor, cache, hasty=interpreters.best(interpreter.version, system) is not None)
    python = python or interpreters.best(interpreter.version, system)
    if python is None and (found or system):
        python = interpreters.nearest(interpreter.version, [*found, *system])
        effect = "other wheels are taken and other modules exist: a success here proves nothing"
        told.append(Difference(f"Python {python.version} instead of {minor}", effect, blind=True))
        told += _of_system(python, interpreter)
        return python
    if python is None:
        raise CannotRehearse(
            f"no CPython {minor} was found to build the replica from",
            found="relocatable CPythons here: none",
            why="another minor version takes other wheels and has other modules, so its result would prove nothing",
            next_step=f"Install one: uv python install {minor}",
        )
    if interpreter.version.count(".") == 2 and python.version != interpreter.version:
        effect = "a patch version may fix or break details"
        told.append(Difference(f"Python {python.version} instead of {interpreter.version}", effect))
    elif interpreter.version.count(".") < 2:
        effect = "the platform chooses the patch version"
        told.append(Difference(f"Python {python.version} stands for {interpreter.version}.x", effect))
    if interpreter.vendor == "debian":
        what = "a CPython with Debian's install paths stands for Debian's"
        told.append(Difference(what, "other patches of Debian are missing"))
    told += _of_system(python, interpreter)
    return python


def minor_of(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _of_system(python: FoundPython, interpreter: Interpreter) -> list[Difference]:
    """What remains of a distribution's Python when its patches are undone."""
    if not python.patched:
        return []
    found = []
    if interpreter.vendor != "debian":
        what = f"the system's own Python {python.version}, its patches to install paths and ensurepip undone"
        effect = "its build flags and the libraries of this machine (OpenSSL, SQLite) remain"
        found.append(Difference(what, effect))
    if python.minor in ("3.10", "3.11") and not (python.stdlib / "distutils/core.py").is_file():
        what = "no distutils (it is in the package python3-distutils)"
        found.append(Difference(what, "a setup.py that imports it without setuptools fails here"))
    if not (python.prefix / "include" / f"python{python.minor}/Python.h").is_file():
        what = f"no headers of Python (they are in the package python{python.minor}-dev)"
        found.append(Difference(what, "a package with C code and no wheel cannot be built here"))
    return found


def _download(minor: str, cache: Cache, *, hasty: bool) -> FoundPython | None:
    """uv's standalone CPython, when uv is here and its source can be reached. `hasty`: ask once only."""
    program = uv.find()
    failed = cache.root / f"no-download-{minor}"
    if program is None or _younger(failed, _ASK_AGAIN):
        return None
    argv = [program, "python", "install", minor, "--no-progress"]
    env = {**os.environ, "UV_HTTP_RETRIES": "0"} if hasty else None
    try:
        done = subprocess.run(argv, env=env, capture_output=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        done = None
    python = interpreters.best(minor, interpreters.find()) if done is not None and done.returncode == 0 else None
    if python is None:
        failed.touch()
    return python


def _younger(path: Path, seconds: float) -> bool:
    try:
        return 0 <= time.time() - path.stat().st_mtime < seconds
    except OSError:
        return False


def layer(cache: Cache, python: FoundPython, interpreter: Interpreter, store: Store, told: list[Difference]) -> Path:
    """The folder that holds `python` at the interpreter's prefix. `told` gets what its ensurepip lacks."""
    wheels = _ensurepip_wheels(python, interpreter, store, told) if python.patched else {}

    def make(folder: Path) -> None:
        relocate(python, folder, interpreter.prefix, wheels)
        if interpreter.vendor == "debian":
            debian.amend(folder, interpreter.prefix, python.minor, ensurepip=interpreter.ensurepip != "absent")
        if minor_of(interpreter.version) != python.minor:
            _answer_as(folder / interpreter.prefix.lstrip("/"), python.minor, minor_of(interpreter.version))
        machine_layer.seal(folder)

    status = os.stat(python.executable)
    stamp = [status.st_mtime_ns, status.st_size]
    kind: list[object] = [interpreter.prefix, minor_of(interpreter.version), interpreter.vendor, interpreter.ensurepip]
    if python.patched:
        kind.append(list(wheels))
    return cache.layer("python", key_of("python", str(python.prefix), python.version, kind, stamp), make)


def _answer_as(prefix: Path, minor: str, wanted: str) -> None:
    """Another minor version stands in: it answers to the platform's name, and heeds that version's folders."""
    (prefix / f"bin/python{wanted}").symlink_to(f"python{minor}")
    there = prefix / f"lib/python{wanted}/site-packages"
    there.mkdir(parents=True, exist_ok=True)
    own = prefix / f"lib/python{minor}/site-packages"
    for path in own.iterdir():
        path.rename(there / path.name)
    own.rmdir()
    own.symlink_to(f"../python{wanted}/site-packages")
    (prefix / f"lib/python{minor}/EXTERNALLY-MANAGED").symlink_to(f"../python{wanted}/EXTERNALLY-MANAGED")


def _ensurepip_wheels(
    python: FoundPython, interpreter: Interpreter, store: Store, told: list[Difference]
) -> dict[str, Path]:
    """The wheels that the platform's ensurepip carries, out of the index; else those that this machine has."""
    if interpreter.vendor == "debian" and interpreter.ensurepip == "absent":
        return {}
    version = interpreter.version if minor_of(interpreter.version) == python.minor else python.version
    carried = bundled("" if interpreter.vendor == "debian" else interpreter.vendor, version)
    wheels: dict[str, Path] = {}
    for name, wanted in (("setuptools", carried.setuptools), ("pip", carried.pip)):
        if wanted is None:
            continue
        exact = wheel(store, name, wanted)
        if exact is not None:
            wheels[f"{name}-{wanted}-py3-none-any.whl"] = exact
            continue
        for other in python.wheels(name)[:1]:
            wheels[other.name] = other
            if not other.name.startswith(f"{name}-{wanted}-"):
                what = f"ensurepip brings {other.name.split('-py')[0]} instead of {name} {wanted}"
                told.append(Difference(what, "its options and messages differ"))
    if not any(name.startswith("pip-") for name in wheels):
        what = f"no ensurepip: neither the index nor the package python{python.minor}-venv is here"
        effect = "`python -m venv` and `ensurepip` fail here though they work there; install it or go online"
        told.append(Difference(what, effect, blind=True))
    return wheels
