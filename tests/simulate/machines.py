"""Small described machines for the tests: Debian with a managed Python, a Nix profile, an official Python image."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from firstpush.model.machine import Index, InstalledProgram, Interpreter, Machine, User

MARKER = "[externally-managed]\nError=Use the system's packages.\n"
INDEX = Index("https://pypi.org/simple", {"demo": ("1.0",), "pip": ("26.0",), "setuptools": ("80.0",)})
APP = User("app", 1000, "/home/app")


def debian(**changes: Any) -> Machine:
    """python3 3.11 with a marker and pip; no `python`."""
    python = Interpreter(
        executable="/usr/bin/python3.11",
        paths=("/usr/bin/python3", "/usr/bin/python3.11"),
        version="3.11.2",
        vendor="debian",
        prefix="/usr",
        base_prefix="/usr",
        stdlib="/usr/lib/python3.11",
        site_packages=("/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages"),
        pip="23.0.1",
        ensurepip="debian-venv-only",
    )
    pip = InstalledProgram("pip", ("/usr/bin/pip", "/usr/bin/pip3"), "23.0.1", "/usr/bin/python3.11")
    return replace(
        Machine(
            name="debian",
            cwd="/src",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root"},
            writable_by_user=("/",),
            interpreters=(python,),
            programs=(pip,),
            files={"/usr/lib/python3.11/EXTERNALLY-MANAGED": {"text": MARKER}, "/src": {"dir": True}},
            index=INDEX,
        ),
        **changes,
    )


def nix(**changes: Any) -> Machine:
    """A Nix profile: python 3.11 without pip, and a pip wrapper of another store path."""
    store = "/nix/store/hash-python3-3.11.7"
    profile = "/root/.nix-profile/bin"
    python = Interpreter(
        executable=f"{store}/bin/python3.11",
        paths=tuple(f"{folder}/{name}" for folder in (f"{store}/bin", profile) for name in ("python", "python3")),
        version="3.11.7",
        vendor="nixpkgs",
        prefix=store,
        base_prefix=store,
        stdlib=f"{store}/lib/python3.11",
        site_packages=(f"{store}/lib/python3.11/site-packages",),
    )
    own = "/nix/store/hash-python3.11-pip"
    pip = InstalledProgram(
        "pip",
        (f"{own}/bin/pip", f"{profile}/pip"),
        "24.0",
        python.executable,
        module_dir=f"{own}/lib/python3.11/site-packages",
        sets_env={"PYTHONNOUSERSITE": "true"},
    )
    return replace(
        Machine(
            name="nix",
            cwd="/src",
            env={"PATH": f"{profile}:/usr/bin:/bin", "HOME": "/root"},
            writable_by_user=("/",),
            interpreters=(python,),
            programs=(pip,),
            files={f"{store}/lib/python3.11/EXTERNALLY-MANAGED": {"text": MARKER}, "/src": {"dir": True}},
            index=INDEX,
        ),
        **changes,
    )


def with_files(machine: Machine, files: dict[str, Any]) -> Machine:
    """The same machine with more files: path → text or description."""
    described = {path: {"text": value} if isinstance(value, str) else value for path, value in files.items()}
    return replace(machine, files={**machine.files, **described})
