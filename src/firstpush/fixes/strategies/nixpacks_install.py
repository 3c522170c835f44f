"""What the ways to install on Nixpacks have in common: reading the override, and writing another one.

In: a situation and the way. Out: a proposal. Source of what Nixpacks does by itself: facts/nixpacks.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.config.nixpacks_layer import PHASE_ALIASES, PHASE_KEYS
from firstpush.fixes.config_files import ConfigFile, Route, open_config
from firstpush.fixes.install_commands import Installs, read
from firstpush.fixes.proposal import Situation
from firstpush.model.cause import Cause
from firstpush.model.value import dataclass

VENV = "/opt/venv"
CACHES = "cacheDirectories"
MAKE_VENV = f"python -m venv --copies {VENV} && . {VENV}/bin/activate"
# A Python error that another way to install may cure.
CAUSES = (
    Cause.PEP668_REFUSED,
    Cause.PIP_COMMAND_NOT_FOUND,
    Cause.NO_MODULE_PIP,
    Cause.PYTHON_COMMAND_NOT_FOUND,
    Cause.COMMAND_NOT_FOUND,
    Cause.ENSUREPIP_MISSING,
    Cause.NIX_UNDEFINED_VARIABLE,
    Cause.NIX_COLLISION,
    Cause.STATE_LOST_BETWEEN_COMMANDS,
    Cause.BREAK_FLAG_UNSUPPORTED,
    Cause.USER_INSTALL_LOST,
    Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
    Cause.START_PYTHON_MISMATCH,
    Cause.SCRIPT_NOT_ON_PATH,
    Cause.MODULE_NOT_FOUND_AT_START,
    Cause.ERROR_MASKED,
    Cause.WRONG_WORKING_DIRECTORY,
    Cause.WRONG_REQUIREMENTS_PATH,
    Cause.NOT_A_VIRTUALENV,
    Cause.USER_SITE_UNAVAILABLE,
    Cause.PERMISSION_DENIED,
    Cause.READ_ONLY_FILESYSTEM,
    Cause.PYPROJECT_NO_PROJECT_TABLE,
    Cause.USAGE_ERROR,
)
_PYTHON_PACKAGE = re.compile(r"python(?:2|3)?\d{0,2}(?:Full)?\Z")
_VERSIONED = re.compile(r"python(3)(\d{1,2})(?:Full|Packages\..*)?\Z")
_PIP_PACKAGE = re.compile(r"(?:python\d*Packages\.)?(?:pip|setuptools|wheel|virtualenv|ensurepip|pip-tools)\Z")
_NOT_PACKAGES = frozenset({"pip", "pip3", "python3-pip", "python-pip", "py-pip", "ensurepip", "venv", "python3-venv"})
_PROJECT_INSTALLS = ("uv sync", "poetry install", "pdm install", "pdm sync")
_BROUGHT = frozenset({"gcc", "..."})  # what the provider brings anyway
_MARKERS = ("main.py", "requirements.txt", "pyproject.toml", "Pipfile")  # Nixpacks takes the app for Python by these


@dataclass(frozen=True, slots=True)
class Override:
    """What the project says about installing. `config` None: nothing yet; `key`: how it names the commands;
    `elsewhere`: other phases that do nothing but install, and fail."""

    config: ConfigFile | None
    installs: Installs
    key: str = "cmds"
    elsewhere: tuple[str, ...] = ()

    @property
    def nix_key(self) -> str | None:
        if self.config is None:
            return None
        keys = self.config.keys("phases", "setup")
        return next((key for key in ("nixPkgs", "nixPackages") if key in keys), None)

    @property
    def nix_packages(self) -> tuple[str, ...]:
        if self.config is None or self.nix_key is None:
            return ()
        return self.config.strings("phases", "setup", self.nix_key)


def config_file(situation: Situation) -> ConfigFile | None:
    """The file that Nixpacks reads its plan from, as the plan's origins show it; else the one that it would read."""
    names: list[tuple[str, Route]] = []
    plan = situation.prediction.plan
    for step in plan.steps:
        path = step.command.text.path
        if path is not None:
            names.append((path, ()))
    names += [(situation.path(name), ()) for name in ("nixpacks.toml", "nixpacks.json")]
    names += [(situation.path(name), ("build", "nixpacksPlan")) for name in ("railway.json", "railway.toml")]
    for path, base in names:
        name = path.rsplit("/", 1)[-1]
        if name in ("railway.json", "railway.toml"):
            base = ("build", "nixpacksPlan")
        config = open_config(situation.tree, path, base)
        if config is not None and config.get() is not None:
            return config
    return None


def override(situation: Situation) -> Override | None:
    """What the project overrides; None when its commands cannot be read."""
    config = config_file(situation)
    if config is None:
        return Override(None, Installs())
    keys = config.keys("phases", "install")
    key = "commands" if "commands" in keys else "cmds"
    commands = config.strings("phases", "install", key)
    if situation.found(Cause.PYPROJECT_NO_PROJECT_TABLE):  # there is no project that these could install
        commands = tuple(text for text in commands if not text.startswith(_PROJECT_INSTALLS))
    elsewhere = tuple(_installing_phases(situation, config))
    for phase in elsewhere:
        commands += config.strings("phases", phase, "cmds")
    installs = read(commands)
    return None if installs is None else Override(config, installs, key, elsewhere)


def _installing_phases(situation: Situation, config: ConfigFile) -> Iterator[str]:
    for phase in config.keys("phases"):
        node = config.get("phases", phase, "cmds")
        if phase in ("setup", "install") or node is None:
            continue
        installs = read(config.strings("phases", phase, "cmds"))
        guilty = any(node.span.contains(found.primary.span) for found in situation.found(*CAUSES))
        if installs is not None and installs.pip and not installs.others and guilty:
            yield phase


def delete_elsewhere(config: ConfigFile, found: Override) -> None:
    """Delete the commands of the other phases that install."""
    for phase in found.elsewhere:
        if config.keys("phases", phase) == ("cmds",):
            config.delete("phases", phase)
        else:
            config.delete("phases", phase, "cmds")


def provider_does_it(situation: Situation, installs: Installs) -> bool:
    """What the project installs is just what the provider installs from the root folder."""
    tree = situation.tree
    if installs.others or any(name != "." for name in installs.packages):
        return False
    if tree.exists(situation.path("requirements.txt")):
        return {name.removeprefix("./") for name in installs.requirements} <= {"requirements.txt"}
    return not installs.requirements and any(
        tree.exists(situation.path(name)) for name in ("pyproject.toml", "Pipfile")
    )


def detected(situation: Situation) -> bool:
    """Nixpacks takes the app for a Python one without being told."""
    return any(situation.tree.exists(situation.path(name)) for name in _MARKERS) and not situation.tree.exists(
        situation.path("package.json")
    )


def requirement_files(situation: Situation, installs: Installs) -> list[str]:
    """What to install from: what the commands say, as far as it is there; else the one file that the app has."""
    root = situation.path("")
    there = [name for name in installs.requirements if situation.tree.exists(situation.path(name.removeprefix("./")))]
    if there or installs.packages or (installs.requirements and not there and len(_all(situation, root)) != 1):
        return there or installs.requirements
    return _all(situation, root)


def _all(situation: Situation, root: str) -> list[str]:
    found = [
        path.removeprefix(root)
        for path in situation.tree.below(root.rstrip("/"))
        if path.rsplit("/", 1)[-1] == "requirements.txt" and path.removeprefix(root).count("/") <= 1
    ]
    if "requirements.txt" in found:
        return ["requirements.txt"]
    start = situation.prediction.plan.start
    moved = re.search(r"\bcd\s+([\w./-]+)", str(start.command)) if start else None
    if moved and f"{moved[1].strip('./')}/requirements.txt" in found:
        return [f"{moved[1].strip('./')}/requirements.txt"]
    return found if len(found) == 1 else []


def install_commands(situation: Situation, installs: Installs) -> list[str]:
    """The commands to run inside the venv."""
    files = requirement_files(situation, installs)
    if installs.pip and set(files) == set(installs.requirements):
        return installs.commands
    if installs.pip and len(files) == len(installs.requirements) == 1:
        return [text.replace(installs.requirements[0], files[0]) for text in installs.commands]
    return ["pip install " + " ".join(f"-r {name}" for name in files), *installs.commands] if files else []


def clean_packages(packages: tuple[str, ...], *, keep_python: bool) -> list[str] | None:
    """nixPkgs without what is no package or of no use; None: nothing that matters is left."""
    kept: list[str] = []
    for name in packages:
        plain = name.strip()
        if plain in _NOT_PACKAGES or _PIP_PACKAGE.match(plain) or plain.startswith("python3.withPackages"):
            continue
        if re.match(r"python\d*Packages\.", plain):
            continue  # lands beside the interpreter, not in it; pip brings it into the venv
        if not keep_python and _PYTHON_PACKAGE.match(plain):
            continue
        kept.append(name)
    if not keep_python:
        kept = [name for name in kept if name not in _BROUGHT]
        return ["...", *kept] if kept else None
    return kept or None


def write_packages(config: ConfigFile, found: Override, packages: list[str] | None) -> None:
    """Write (or, for None, delete) the list of Nix packages; an empty setup table goes with it."""
    key = found.nix_key
    if key is None:
        return
    if packages is not None:
        if tuple(packages) != found.nix_packages:
            config.set_strings("phases", "setup", key, values=packages)
    elif set(config.keys("phases", "setup")) <= {key, *ignored_keys(config, "setup")}:
        config.delete("phases", "setup")
    else:
        config.delete("phases", "setup", key)


def ignored_keys(config: ConfigFile, phase: str) -> set[str]:
    """Keys of a phase that Nixpacks passes over in silence."""
    known = {*PHASE_KEYS, *PHASE_ALIASES}
    return {key for key in config.keys("phases", phase) if key not in known}


def python_pin(packages: tuple[str, ...]) -> str | None:
    """The version that nixPkgs asks for, as `.python-version` writes it."""
    for name in packages:
        found = _VERSIONED.match(name.strip())
        if found:
            return f"{found[1]}.{found[2]}"
    return None
