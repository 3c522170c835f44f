"""Turns a described `Machine` into files: links to interpreters, pip wrappers, markers and whatever else it lists.

In: the machine and, for each of its programs, where its files come from. Out: a filled folder (upmost base layer).
The interpreters themselves are layers of their own (relocate.py), shared by all machines that have them at that place.
"""

from __future__ import annotations

import base64
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from firstpush.model.machine import InstalledProgram, Interpreter, Machine

_RUN_PIP = "from pip._internal.cli.main import main\nif __name__ == '__main__':\n    sys.exit(main())\n"


def fill(folder: Path, machine: Machine, wheels: Mapping[str, Path], links: Iterable[tuple[str, str]] = ()) -> None:
    """`wheels`: `pip VERSION` (as the machine says it) → the wheel that stands in; `links`: (path, target) pairs."""
    for path, target in links:
        _link(folder, path, target)
    for interpreter in machine.interpreters:
        _interpreter(folder, interpreter, wheels)
        if interpreter.vendor == "nixpkgs":
            _whole_profile(folder, interpreter, machine)
    for program in machine.programs:
        if program.kind == "pip":
            _pip(folder, program, wheels)
    for path, content in machine.files.items():
        _file(folder, path, content)
    seal(folder)


def seal(folder: Path) -> None:
    """The Nix store is 0555 with files of 1970; root writes into it all the same, as in the platform's image."""
    store = folder / "nix/store"
    if not store.is_dir():
        return
    for path, folders, files in os.walk(store, topdown=False):
        for name in files:
            place = os.path.join(path, name)
            if not os.path.islink(place):
                os.chmod(place, 0o555 if os.stat(place).st_mode & 0o111 else 0o444)
        for name in folders:
            if not os.path.islink(os.path.join(path, name)):
                os.chmod(os.path.join(path, name), 0o555)
    store.chmod(0o1775)


def _interpreter(folder: Path, interpreter: Interpreter, wheels: Mapping[str, Path]) -> None:
    own = str(PurePosixPath(interpreter.executable).parent)
    profiles = set()
    for path in interpreter.paths:
        home = str(PurePosixPath(path).parent)
        if path == interpreter.executable:
            continue
        if home == own:
            if interpreter.vendor == "debian":  # elsewhere the copied interpreter brings its names
                _link(folder, path, PurePosixPath(interpreter.executable).name)
            continue
        _link(
            folder,
            path,
            f"{own}/{PurePosixPath(path).name}" if interpreter.vendor == "nixpkgs" else interpreter.executable,
        )
        profiles.add(home)
    minor = ".".join(interpreter.version.split(".")[:2])
    if interpreter.vendor in ("nixpkgs", "uv"):
        for home in profiles:
            # `venv` (of uv too) records the folder of links as home, and getpath then searches lib beside it.
            top = PurePosixPath(home).parent
            _link(folder, str(top / f"lib/python{minor}"), interpreter.stdlib)
            _link(folder, str(top / f"include/python{minor}"), f"{interpreter.prefix}/include/python{minor}")
    if interpreter.pip and f"pip {interpreter.pip}" in wheels and interpreter.site_packages:
        # Debian's own packages are in the last folder, what pip installs goes to the first.
        home = interpreter.site_packages[-1 if interpreter.vendor == "debian" else 0]
        _unzip(wheels[f"pip {interpreter.pip}"], _inside(folder, home))


def _whole_profile(folder: Path, interpreter: Interpreter, machine: Machine) -> None:
    """A package that alone has a bin becomes the profile's bin by one link; then its lib and include do, too."""
    for path, content in machine.files.items():
        if content.get("symlink") == f"{interpreter.prefix}/bin":
            for name in ("lib", "include"):
                _link(folder, str(PurePosixPath(path).parent / name), f"{interpreter.prefix}/{name}")


def _pip(folder: Path, program: InstalledProgram, wheels: Mapping[str, Path]) -> None:
    if program.interpreter is None:
        return
    wheel = wheels.get(f"pip {program.version}")
    own_modules = program.module_dir and "-pip-" in program.module_dir
    if own_modules and wheel is not None:
        assert program.module_dir is not None
        _unzip(wheel, _inside(folder, program.module_dir))
    first = program.paths[0] if program.paths else None
    if first is None:
        return
    real = PurePosixPath(first)
    lines = [f"#!{program.interpreter}", "import sys"]
    if own_modules:
        lines.append(f"sys.path.insert(1, {program.module_dir!r})")
    script = "\n".join(lines) + "\n" + _RUN_PIP
    for path in program.paths:
        place = _inside(folder, path)
        same_folder = PurePosixPath(path).parent == real.parent
        if not same_folder:
            beside = str(real.parent / PurePosixPath(path).name)
            _link(folder, path, beside if beside in program.paths else first)
        elif program.sets_env:
            # nixpkgs wraps the script: variables must be set before the interpreter reads them
            inner = place.with_name(f".{place.name}-wrapped")
            _script(inner, script)
            exports = "".join(f"export {name}='{value}'\n" for name, value in program.sets_env.items())
            _script(place, f'#!/bin/bash\n{exports}exec -a "$0" "{PurePosixPath(path).parent}/{inner.name}" "$@"\n')
        else:
            _script(place, script)


def _script(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")
    place.chmod(0o755)


def _file(folder: Path, path: str, content: Mapping[str, object]) -> None:
    place = _inside(folder, path)
    if content.get("absent") or "wheel" in content:
        return
    if content.get("dir"):
        place.mkdir(parents=True, exist_ok=True)
    elif "symlink" in content:
        _link(folder, path, str(content["symlink"]))
        return
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        data = (
            base64.b64decode(str(content["base64"])) if "base64" in content else str(content.get("text", "")).encode()
        )
        place.write_bytes(data)
        if data.startswith(b"#!"):
            place.chmod(0o755)
    if "mode" in content:
        place.chmod(int(str(content["mode"]), 8))


def _inside(folder: Path, path: str) -> Path:
    """The place of an absolute replica path below the layer. Never outside of it, whatever the path says."""
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", ".", "..")]
    return folder.joinpath(*parts)


def _link(folder: Path, path: str, target: str) -> None:
    place = _inside(folder, path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.is_symlink() and not place.exists():
        os.symlink(target, place)


def _unzip(wheel: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
