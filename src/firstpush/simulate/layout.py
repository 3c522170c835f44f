"""A described machine laid out as files: interpreters, tools, virtual environments, what a system package brings.

In: a `Machine`; out: the `State` before the first command; also the files of a new virtual environment or script.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from posixpath import dirname, join
from typing import TYPE_CHECKING, Any

from firstpush.model.machine import InstalledProgram, Interpreter
from firstpush.model.value import replace
from firstpush.simulate.filesystem import File, FileSystem, Folder, Link, Node
from firstpush.simulate.invocation import Installed, MakeVenv
from firstpush.simulate.state import State, short_version

if TYPE_CHECKING:
    from firstpush.model.machine import Machine

_BASES: list[tuple[Machine, State]] = []  # the machines met last, latest first
_BASES_KEPT = 16

# Where unlisted files may be on a machine that is not described completely (`closed` False).
_OPAQUE = ("/usr", "/etc", "/opt", "/var", "/lib", "/bin", "/sbin", "/snap")


def base_state(machine: Machine) -> State:
    """The state before the first command; shared, so copy it before changing it. Equal machines share one."""
    for position, (known, state) in enumerate(_BASES):
        if known is machine or (known.name == machine.name and known == machine):
            if position:
                _BASES.insert(0, _BASES.pop(position))
            return state
    state = _build(machine)
    _BASES.insert(0, (machine, state))
    del _BASES[_BASES_KEPT:]
    return state


def _build(machine: Machine) -> State:
    files = FileSystem(
        os_id=machine.os_id,
        read_only=machine.read_only,
        writable_by_user=machine.writable_by_user,
        opaque=() if machine.closed else _OPAQUE,
    )
    state = State(machine, files)
    files.put(machine.user.home, Folder())
    files.put(machine.cwd, Folder())
    for interpreter in machine.interpreters:
        _lay_interpreter(state, interpreter)
    for program in machine.programs:
        _lay_program(state, program)
    for venv in machine.venvs:
        effect = MakeVenv(
            venv.path,
            venv.interpreter,
            venv.pip,
            system_site_packages=venv.system_site_packages,
            created_by=venv.created_by or "venv",
        )
        state.apply(effect)
        _disown(files, venv.path)
    for distribution in machine.distributions:
        site = distribution.dir or _site_of(machine, distribution.interpreter)
        if site is not None:
            state.add_distribution(site, Installed(distribution.name, distribution.version))
    for path, description in machine.files.items():
        _lay_file(state, path, description)
    return state


def _disown(files: FileSystem, folder: str) -> None:
    """What was there before is the user's only where the description says so (`writable_by_user`)."""
    node = files.node(folder, follow=False)
    if isinstance(node, File) and node.owned:
        files.put(folder, replace(node, owned=False))
    elif isinstance(node, Folder) and node.owned:
        files._set(files.realpath(folder), Folder())
    if isinstance(node, Folder):
        for name in files.list(folder):
            _disown(files, join(folder, name))


def _site_of(machine: Machine, executable: str | None) -> str | None:
    for interpreter in machine.interpreters:
        if executable in (None, interpreter.executable) and interpreter.site_packages:
            return interpreter.site_packages[0]
    return None


def _lay_interpreter(state: State, interpreter: Interpreter) -> None:
    files = state.files
    files.put(interpreter.executable, File(content=None, mode=0o755, interpreter=interpreter))
    for path in interpreter.paths:
        if path != interpreter.executable:
            files.put_link(path, interpreter.executable)
    files.put(interpreter.stdlib, Folder())
    for site in interpreter.site_packages:
        files.put(site, Folder())
    if interpreter.site_packages:
        # A distribution's own packages are in the last directory (Debian's dist-packages below /usr/lib).
        own = interpreter.site_packages[-1 if interpreter.vendor == "debian" else 0]
        for name, version in interpreter.modules.items():
            state.add_distribution(own, Installed(name, version))
        if interpreter.pip is not None and not _pip_comes_from_path(state.machine, interpreter):
            state.add_distribution(own, Installed("pip", interpreter.pip, modules=("pip",)))


def _pip_comes_from_path(machine: Machine, interpreter: Interpreter) -> bool:
    """Whether `-m pip` finds pip only because PYTHONPATH names a tool's own folder (a nix-shell)."""
    folders = machine.env.get("PYTHONPATH", "").split(":")
    return any(
        program.kind == "pip" and program.module_dir in folders and program.version == interpreter.pip
        for program in machine.programs
    )


def _lay_program(state: State, program: InstalledProgram) -> None:
    for path in program.paths:
        state.files.put(path, _program_node(program))
    if program.interpreter is not None and state.files.node(program.interpreter) is None:
        # A tool's own Python that the description does not list: it exists, more is not known.
        state.files.put(program.interpreter, File(content=None, mode=0o755))
    if program.module_dir is not None:
        state.files.put(program.module_dir, Folder())
        modules = ("pip",) if program.kind == "pip" else None
        state.add_distribution(program.module_dir, Installed(program.kind, program.version, modules=modules, extras=()))


def _program_node(program: InstalledProgram) -> File:
    content = f"#!{program.interpreter}\n" if program.interpreter is not None else None
    return File(content=content, mode=0o755, program=program)


def _lay_file(state: State, path: str, description: Mapping[str, Any]) -> None:
    mode = int(str(description["mode"]), 8) if "mode" in description else 0o644
    files = state.files
    if description.get("absent"):
        files.remove(path)
    elif "text" in description:
        files.put(path, File(content=str(description["text"]), mode=mode))
    elif "base64" in description:
        try:
            data: bytes | None = base64.b64decode(str(description["base64"]))
        except (binascii.Error, ValueError):
            data = None
        files.put(path, File(content=data, mode=mode))
    elif "symlink" in description:
        files.put_link(path, str(description["symlink"]))
    elif description.get("dir"):
        files.put(path, Folder())
        packages = description.get("packages")
        if isinstance(packages, Mapping):
            for name, version in packages.items():
                state.add_distribution(path, Installed(str(name), str(version)))
    elif "wheel" in description:
        name, _, version = str(description["wheel"]).partition(" ")
        files.put(path, File(content=None, mode=mode, program=InstalledProgram(f"wheel:{name}", (path,), version)))


def venv_nodes(effect: MakeVenv, interpreter: Interpreter) -> dict[str, Node]:
    """The files that making this virtual environment leaves."""
    path = effect.path
    short = short_version(interpreter.version)
    python = join(path, "bin/python")
    link: Node = Link(interpreter.executable)
    if effect.copies:
        link = File(content=None, mode=0o755, interpreter=interpreter, owned=True)
    nodes: dict[str, Node] = {
        join(path, "pyvenv.cfg"): File(content=_config(effect, interpreter), owned=True),
        python: link,
        join(path, "bin/python3"): Link("python") if not effect.copies else link,
        join(path, f"bin/python{short}"): Link("python") if not effect.copies else link,
        join(path, f"lib/python{short}/site-packages"): Folder(owned=True),
    }
    if effect.activate:
        for suffix in ("", ".csh", ".fish"):
            nodes[join(path, f"bin/activate{suffix}")] = File(content=_activate(path), owned=True)
    if effect.pip is not None:
        for name in ("pip", "pip3", f"pip{short}"):
            nodes[join(path, "bin", name)] = script_node("pip", python, effect.pip)
    return nodes


def _config(effect: MakeVenv, interpreter: Interpreter) -> str:
    return (
        f"home = {dirname(interpreter.executable)}\n"
        f"include-system-site-packages = {'true' if effect.system_site_packages else 'false'}\n"
        f"version = {interpreter.version}\n"
        f"executable = {interpreter.executable}\n"
    )


def _activate(path: str) -> str:
    """What of an activation script matters here; `shell/activate.py` reads the path from it."""
    return f'VIRTUAL_ENV="{path}"\nexport VIRTUAL_ENV\nPATH="$VIRTUAL_ENV/bin:$PATH"\nexport PATH\n'


def script_node(name: str, python: str | None, version: str) -> File:
    """A console script. `python`: of its first line, None when it is not known."""
    kind = "pip" if name == "pip" or (name.startswith("pip3") and name[3:].strip(".0123456789") == "") else name
    program = InstalledProgram(kind, (), version, interpreter=python)
    return File(content=f"#!{python}\n" if python else None, mode=0o755, program=program, owned=True)


def add_packages(state: State, manager: str, names: tuple[str, ...]) -> None:
    """Lay down the programs and Pythons that these system packages bring, as far as the facts know them."""
    from firstpush.simulate.packages import system_package

    for name in names:
        found = system_package(state.machine, manager, name)
        if found is None:
            continue
        for interpreter in found.interpreters:
            there = state.interpreter(interpreter.executable)
            if there is None or (there.ensurepip == "absent" and interpreter.ensurepip != "absent"):
                _lay_interpreter(state, interpreter)
            for path in interpreter.paths:
                if state.files.exists(path) is False:
                    state.files.put_link(path, interpreter.executable)
        for program in found.programs:
            _lay_program(state, program)
        for path, text in found.files.items():
            state.files.put(path, File(content=text))
