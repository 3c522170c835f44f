"""Nixpacks' build machine after nix and apt have run: what the commands of the plan find.

In: the pinned phases; out: a `Machine`. The layout is that of the facts: Python in its own store path without pip,
with PEP 668's marker and a working `venv`; `python3XPackages.pip` is a wrapper in another store path; everything is
reached through /root/.nix-profile/bin; root may write into the store of an image layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from firstpush.config.nixpacks_layer import PhaseLayer
from firstpush.facts import table, text
from firstpush.model.machine import InstalledDistribution, InstalledProgram, Interpreter, Machine, User
from firstpush.model.value import replace
from firstpush.packages.names import scripts_of
from firstpush.platforms.nixpacks import nix

PROFILE = "/root/.nix-profile/bin"
# Where nix would put a hash. `eeee…` is nix's own stand-in for a removed reference.
STORE = "/nix/store/" + "e" * 32
DEFAULT_PROFILE = "/nix/var/nix/profiles/default/bin"


def login_path(value: str | None = None) -> str:
    """PATH of a login shell of root: /root/.profile puts `$NIXPACKS_PATH:` first, whose end is empty (the working
    directory). `value`: the PATH that the image sets, where a variable of the plan replaces it."""
    base: str = table("nixpkgs")["base_image"]["path"] if value is None else value
    return f":{PROFILE}:{DEFAULT_PROFILE}:{base}"


def make(phases: Iterable[PhaseLayer], assets: Mapping[str, str] | None = None) -> Machine:
    """The machine on which the phases' commands run. `assets`: the plan's static assets, name → text."""
    phases = list(phases)
    facts = table("nixpkgs")
    base = facts["base_image"]
    interpreters: list[Interpreter] = []
    files: dict[str, dict[str, Any]] = {f"/assets/{name}": {"text": value} for name, value in (assets or {}).items()}
    programs = [_program(name, f"/usr/bin/{name}") for name in base["programs"]]
    programs += [_program(name, f"{DEFAULT_PROFILE}/{name}") for name in base["nix_programs"]]
    distributions: list[InstalledDistribution] = []
    closed = True
    others = False  # something besides one Python has programs
    attributes = list(nix.attributes(nix.groups(phases)))
    for python, named in _pythons(attributes):
        interpreter = _python(python) if named else _without_profile(_python(python))
        if all(known.executable != interpreter.executable for known in interpreters):
            interpreters.append(interpreter)
            if python.marker:
                files[f"{interpreter.stdlib}/EXTERNALLY-MANAGED"] = {"text": text("markers/nix.EXTERNALLY-MANAGED")}
    for attribute in attributes:
        if nix.PYTHON.fullmatch(attribute.text):
            closed = closed and nix.resolve_python(attribute) is not None
            continue
        found = _tool(attribute)
        distributions += _distribution(attribute)
        if found is None:
            closed = closed and attribute.text in facts["undefined"]
        else:
            programs += found
        others = others or found is None or bool(found)
    if len(interpreters) == 1 and not others:
        # buildEnv links the whole bin folder when only one package has one: new scripts of that Python are on PATH.
        files[PROFILE] = {"symlink": f"{interpreters[0].prefix}/bin"}
        interpreters = [_without_profile(interpreters[0])]
    apt_interpreters, apt_programs, apt_files, apt_closed = _apt(phases)
    return Machine(
        name="nixpacks build image",
        os_id=base["os_id"],
        os_version=base["os_version"],
        user=User(),
        cwd="/app",
        env={
            "HOME": "/root",
            "USER": "root",
            "PATH": login_path(),
            "LD_LIBRARY_PATH": "/usr/lib",
            "NIX_PATH": "/nix/var/nix/profiles/per-user/root/channels",
        },
        interpreters=(*interpreters, *apt_interpreters),
        programs=(*programs, *apt_programs),
        distributions=tuple(distributions),
        files=files | apt_files,
        closed=closed and apt_closed,
    )


def _pythons(attributes: list[nix.Attribute]) -> Iterator[tuple[nix.NixPython, bool]]:
    """The Pythons that the list names, then those that only its packages run on (False: not in the profile)."""
    for attribute in attributes:
        python = nix.resolve_python(attribute)
        if python is not None:
            yield python, True
    for attribute in attributes:
        package = nix.package_of(attribute)
        if package is not None:
            owner = nix.resolve_python(nix.Attribute(package[0], attribute.archive, attribute.origin, None))
            if owner is not None:
                yield owner, False


def _without_profile(interpreter: Interpreter) -> Interpreter:
    return replace(interpreter, paths=tuple(path for path in interpreter.paths if not path.startswith(PROFILE)))


def _program(kind: str, path: str, version: str = "") -> InstalledProgram:
    return InstalledProgram(kind, (path,), version)


def _python(python: nix.NixPython) -> Interpreter:
    short = ".".join(python.version.split(".")[:2])
    major = short[0]
    home = f"{STORE}-python{'3' if major == '3' else ''}-{python.version}"
    names = ("python", f"python{major}", f"python{short}")
    return Interpreter(
        executable=f"{home}/bin/python{short}",
        paths=tuple(f"{folder}/{name}" for folder in (f"{home}/bin", PROFILE) for name in names),
        version=python.version,
        vendor="nixpkgs",
        prefix=home,
        base_prefix=home,
        stdlib=f"{home}/lib/python{short}",
        site_packages=(f"{home}/lib/python{short}/site-packages",),
        ensurepip="present",
        venv=major != "2",
    )


def _distribution(attribute: nix.Attribute) -> list[InstalledDistribution]:
    """A package of a Python's set: importable only from its own store path, so by no Python of the profile."""
    package = nix.package_of(attribute)
    owner = (
        nix.resolve_python(nix.Attribute(package[0], attribute.archive, attribute.origin, None)) if package else None
    )
    if package is None or owner is None or package[1] == "pip" or package[1] in (scripts_of(package[1]) or ()):
        return []  # a program of this name brings its own folder
    short = ".".join(owner.version.split(".")[:2])
    folder = f"{STORE}-python{short}-{package[1]}/lib/python{short}/site-packages"
    return [InstalledDistribution(package[1], "", dir=folder, installer="nix")]


def _tool(attribute: nix.Attribute) -> list[InstalledProgram] | None:
    """The programs of an attribute, or None when the facts do not know it."""
    facts = table("nixpkgs")
    package = nix.package_of(attribute)
    if package is not None:
        set_name, name = package
        owner = nix.resolve_python(nix.Attribute(set_name, attribute.archive, attribute.origin, None))
        if owner is None:
            return None
        return _python_package(owner, name, attribute.archive)
    names = facts["programs"].get(attribute.text)
    if names is None or isinstance(names, str):
        return None
    version = facts["tools"].get(attribute.archive, {}).get(attribute.text, "")
    return [_program(attribute.text if version else name, f"{PROFILE}/{name}", version) for name in names]


def _python_package(owner: nix.NixPython, name: str, archive: str) -> list[InstalledProgram] | None:
    """A package of a Python's set: in its own store path, so that the Python itself does not see it."""
    facts = table("nixpkgs")
    short = ".".join(owner.version.split(".")[:2])
    interpreter = _python(owner)
    scripts = scripts_of(name)
    if scripts is None:
        return None
    row = facts["archives"].get(archive, {})
    version = row.get("pip", "") if name == "pip" else facts["tools"].get(archive, {}).get(name, "")
    home = f"{STORE}-python{short}-{name}" + (f"-{version}" if version else "")

    def program(kind: str, names: tuple[str, ...]) -> InstalledProgram:
        return InstalledProgram(
            kind=kind,
            paths=tuple(f"{folder}/{script}" for folder in (f"{home}/bin", PROFILE) for script in names),
            version=version,
            interpreter=interpreter.executable,
            module_dir=f"{home}/lib/python{short}/site-packages",
            sets_env={"PYTHONNOUSERSITE": "true"},
        )

    if name == "pip":
        return [program("pip", ("pip", "pip3", f"pip{short}"))]
    # A wrapped script sees its own package and what that needs, nothing else of the profile.
    return [program(script, (script,)) for script in scripts]


def _apt(
    phases: list[PhaseLayer],
) -> tuple[list[Interpreter], list[InstalledProgram], dict[str, dict[str, Any]], bool]:
    """What the apt packages bring (without their recommendations)."""
    facts = table("nixpkgs")["apt"]
    names = {str(name).split("=")[0] for phase in phases for name in phase.apt_pkgs or ()}
    interpreters: list[Interpreter] = []
    programs: list[InstalledProgram] = []
    files: dict[str, dict[str, Any]] = {}
    closed = True
    for name in sorted(names):
        if name in facts["programs"]:
            programs += [_program(program, f"/usr/bin/{program}") for program in facts["programs"][name]]
        elif name not in facts["pythons"] and not (name.startswith("lib") or name.endswith("-dev")):
            closed = False
    if names & set(facts["pythons"]):
        version = facts["python_version"]
        short = ".".join(version.split(".")[:2])
        has_pip = "python3-pip" in names
        paths = ["/usr/bin/python3"] + (["/usr/bin/python"] if "python-is-python3" in names else [])
        executable = f"/usr/bin/python{short}"
        interpreters.append(
            Interpreter(
                executable=executable,
                paths=(executable, *paths),
                version=version,
                vendor="debian",
                prefix="/usr",
                base_prefix="/usr",
                stdlib=f"/usr/lib/python{short}",
                site_packages=(f"/usr/local/lib/python{short}/dist-packages", "/usr/lib/python3/dist-packages"),
                pip=facts["pip_version"] if has_pip else None,
                ensurepip="debian-venv-only" if names & {"python3-venv", "python3-full"} else "absent",
            )
        )
        files[f"/usr/lib/python{short}/EXTERNALLY-MANAGED"] = {"text": text("markers/debian12.EXTERNALLY-MANAGED")}
        if has_pip:
            programs.append(
                InstalledProgram(
                    "pip",
                    ("/usr/bin/pip", "/usr/bin/pip3"),
                    facts["pip_version"],
                    interpreter=executable,
                    module_dir="/usr/lib/python3/dist-packages",
                    patched_by="debian",
                )
            )
    return interpreters, programs, files, closed
