"""Makes the replica of a plan's machine: which layers, what is hidden, and where it is not the platform.

In: a `Plan`, the cache, the package store (for pip's own wheel). Out: a `Replica`. Raises `CannotRehearse` when an
interpreter of the plan's minor version cannot be had here.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from firstpush.errors import CannotRehearse
from firstpush.model.machine import Interpreter, Machine
from firstpush.model.plan import Plan
from firstpush.rehearsal import functions
from firstpush.rehearsal.cache import Cache, key_of
from firstpush.rehearsal.door.store import Store, wheel
from firstpush.rehearsal.replica import downloads, host, interpreters, machine_layer, obtain, skeleton, uv, venvs
from firstpush.rehearsal.replica.interpreters import FoundPython
from firstpush.rehearsal.replica.obtain import minor_of
from firstpush.rehearsal.replica.packages import StandIns, stand_ins
from firstpush.rehearsal.values import Difference

_STATUS = Path("/var/lib/dpkg/status")


@dataclass(frozen=True, slots=True)
class Replica:
    """`lowers`: folders, upmost first; `hidden`: names of the host's /usr; `minors`: of its interpreters; `missing`:
    packages of the plan that nothing here stands in for; `identity`: changes when any of it changes."""

    lowers: tuple[str, ...]
    hidden: tuple[str, ...]
    minors: tuple[str, ...]
    differences: tuple[Difference, ...]
    missing: tuple[str, ...]
    identity: str


def build(plan: Plan, cache: Cache, store: Store, visible: Collection[str] = ()) -> Replica:
    """The replica of `plan.machine`. `visible`: programs of this machine (relative to /usr) that stay to be seen."""
    machine = plan.machine
    if machine is None:
        raise CannotRehearse(
            f"the build machine of {plan.platform} ({plan.builder}) is not described",
            why="without knowing what it looks like, a replica would prove nothing",
            next_step="`firstpush check` still says what can be known.",
        )
    differences: list[Difference] = []
    found = interpreters.find() if machine.interpreters else []
    system = interpreters.find_system() if machine.interpreters else []
    layers: list[str] = []
    own_python = False
    for interpreter in machine.interpreters:
        if _is_hosts(interpreter):
            own_python = True
            continue
        here = [*found, *system]
        if _dispensable(interpreter, machine) and interpreters.best(interpreter.version, here) is None:
            told = f"no Python {minor_of(interpreter.version)} in the replica"
            differences.append(Difference(told, "commands that name this version fail here"))
            machine = _without(machine, interpreter)
            continue
        python = obtain.choose(interpreter, found, cache, store, differences)
        layers.append(str(obtain.layer(cache, python, interpreter, store, differences)))
    wheels = _wheels(machine, [*found, *system], store, differences)
    layers = [*uv.layers(machine, cache, store, differences), *layers]
    stand = stand_ins(plan)
    differences += stand.differences
    top = _top_layer(cache, plan, machine, wheels, store, stand)
    names = _hidden(cache, f"{plan.builder} {plan.platform}", stand.packages, keep_python=own_python)
    absent = [path.removeprefix("/usr/") for path, content in machine.files.items() if content.get("absent")]
    names = (*names, *(name for name in absent if os.path.lexists(f"/usr/{name}")))
    names = tuple(name for name in names if name not in visible)
    hidden = [*(name for name in names if name not in stand.programs), *_debian_extras(machine, own_python)]
    differences += _system_differences(plan, machine)
    minors = sorted({minor_of(interpreter.version) for interpreter in machine.interpreters})
    layers += downloads.layers(plan, hidden, minors, cache, store, differences)
    layers += functions.layers(plan, cache, differences)
    lowers = (str(top), *dict.fromkeys(layers))
    return Replica(
        lowers=lowers,
        hidden=tuple(dict.fromkeys(hidden)),
        minors=tuple(minors),
        differences=tuple(differences),
        missing=stand.missing,
        identity=key_of(lowers, sorted(hidden), _stamp(_STATUS)),
    )


def _dispensable(interpreter: Interpreter, machine: Machine) -> bool:
    """One of several, that no general name (`python`, `python3`) starts."""
    names = {path.rpartition("/")[2] for path in interpreter.paths}
    return len(machine.interpreters) > 1 and not names & {"python", "python3"}


def _without(machine: Machine, interpreter: Interpreter) -> Machine:
    return replace(
        machine,
        interpreters=tuple(one for one in machine.interpreters if one is not interpreter),
        programs=tuple(one for one in machine.programs if one.interpreter != interpreter.executable),
    )


def without(plan: Plan) -> Replica:
    """No replica at all: what `--no-sandbox` runs in."""
    if plan.machine is None:
        raise CannotRehearse(f"the build machine of {plan.platform} ({plan.builder}) is not described")
    told = Difference(
        "no replica: this machine's own Python, paths, files and network",
        "little of this says anything of the platform",
    )
    return Replica((), (), (), (told,), (), "")


def _is_hosts(interpreter: Interpreter) -> bool:
    """Debian's own Python of this machine is the plan's: then it is used where it is."""
    return (
        interpreter.vendor == "debian"
        and interpreter.executable.startswith("/usr/bin/")
        and os.path.isfile(f"/usr/bin/python{minor_of(interpreter.version)}")
        and os.path.isdir(f"/usr/lib/python{minor_of(interpreter.version)}")
    )


def _wheels(machine: Machine, found: list[FoundPython], store: Store, differences: list[Difference]) -> dict[str, Path]:
    """`pip VERSION` → wheel, for every pip that the machine has."""
    wanted = {program.version for program in machine.programs if program.kind == "pip"}
    wanted |= {interpreter.pip for interpreter in machine.interpreters if interpreter.pip}
    wanted |= {venv.pip for venv in machine.venvs if venv.pip}
    wheels: dict[str, Path] = {}
    for version in sorted(wanted):
        exact = wheel(store, "pip", version)
        if exact is None:
            minors = {minor_of(interpreter.version) for interpreter in machine.interpreters}
            near = [one for one in found if one.minor in minors] or found
            bundled = [path for one in near for path in one.wheels("pip")]
            if not bundled:
                differences.append(
                    Difference(f"no pip {version}", "commands with pip fail here though they may work there")
                )
                continue
            exact = bundled[0]
            differences.append(
                Difference(f"{exact.name.split('-py')[0]} instead of pip {version}", "its options and messages differ")
            )
        wheels[f"pip {version}"] = exact
    return wheels


def _top_layer(
    cache: Cache, plan: Plan, machine: Machine, wheels: dict[str, Path], store: Store, stand: StandIns
) -> Path:
    def make(folder: Path) -> None:
        skeleton.fill(folder, machine, certificates=store.sources.certificates)
        if plan.builder == "nixpacks":
            skeleton.nix_profile(folder)
        (folder / plan.app_dir.lstrip("/")).mkdir(parents=True, exist_ok=True)
        machine_layer.fill(folder, machine, wheels, stand.links)
        venvs.fill(folder, machine, wheels)

    bundle = Path(store.sources.certificates or skeleton.CERTIFICATES)
    described = json.loads(json.dumps(asdict(machine), default=str))
    names = [{name: path.name for name, path in wheels.items()}, stand.links]
    key = key_of(
        "machine, uv links",
        plan.builder,
        plan.app_dir,
        described,
        names,
        _stamp(bundle),
        _stamp(Path("/etc/ld.so.cache")),
    )
    return cache.layer("machine", key, make)


def _hidden(cache: Cache, builder: str, packages: tuple[str, ...], *, keep_python: bool) -> tuple[str, ...]:
    """host.hidden, remembered as long as no package of this machine changes (it reads all of dpkg's lists)."""
    key = key_of(
        "hidden",
        builder,
        sorted(packages),
        keep_python,
        _stamp(_STATUS),
        _stamp(Path("/usr/bin")),
        _stamp(Path("/usr/sbin")),
    )
    place = cache.layers / f"hidden-{key}.json"
    try:
        return tuple(json.loads(place.read_bytes()))
    except (OSError, ValueError):
        names = host.hidden(builder, packages, keep_python=keep_python)
        aside = place.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(names), "utf-8")
        aside.rename(place)
        return names


def _debian_extras(machine: Machine, own_python: bool) -> list[str]:
    """On a machine whose Debian Python is used itself: hide what the plan's Debian does not have."""
    if not own_python:
        return []
    names: list[str] = []
    wanted = {name.lower() for interpreter in machine.interpreters for name in interpreter.modules}
    has_pip = any(interpreter.pip for interpreter in machine.interpreters)
    wanted |= {"pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack"} if has_pip else set()
    modules = os.listdir("/usr/lib/python3/dist-packages") if os.path.isdir("/usr/lib/python3/dist-packages") else []
    unwanted = [name for name in modules if re.split(r"[-.]", name)[0].lower() not in wanted]
    names += [f"lib/python3/dist-packages/{name}" for name in unwanted]
    if not any(program.kind == "pip" for program in machine.programs):
        names += [f"bin/{name}" for name in os.listdir("/usr/bin") if name.startswith("pip")]
    for interpreter in machine.interpreters:
        if interpreter.ensurepip != "present" and interpreter.vendor == "debian":
            names.append(f"lib/python{minor_of(interpreter.version)}/ensurepip")
    return [name for name in names if os.path.lexists(f"/usr/{name}")]


def _system_differences(plan: Plan, machine: Machine) -> list[Difference]:
    libc = " ".join(platform.libc_ver()) or "this machine's libc"
    base = host.base_os(f"{plan.builder} {plan.platform}") or f"{machine.os_id} {machine.os_version}"
    here = partial(platform.freedesktop_os_release)
    try:
        name = here().get("PRETTY_NAME", "this Linux")
    except OSError:
        name = "this Linux"
    found = [
        Difference(f"{name} with {libc} instead of {base}", "native libraries and shell tools have other versions")
    ]
    if platform.machine() != "x86_64":
        found.append(Difference(f"{platform.machine()} instead of x86_64", "other wheels are taken"))
    if machine.user.uid != 0:
        found.append(
            Difference(f"user {machine.user.name} owns every file", "a file that is root's there can be written here")
        )
    return found


def _stamp(path: Path) -> list[int]:
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]
