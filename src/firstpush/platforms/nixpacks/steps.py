"""From Nixpacks' plan to the commands that Docker runs: one `RUN` a command, a new login shell each.

In: the pinned layer. Out: `Packages`, `Step`s in order, `Start`. Source: railwayapp/nixpacks
src/nixpacks/builder/docker/dockerfile_generation.rs and base/ubuntu/Dockerfile at f51d7fd.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, Piece
from firstpush.facts import table
from firstpush.model.origin import BuilderDefault, Command, Located
from firstpush.model.plan import Packages, Phase, ShellForm, Start, Step
from firstpush.platforms.nixpacks import nix
from firstpush.platforms.nixpacks.machine import login_path
from firstpush.platforms.nixpacks.view import View

APP = "/app"
_PHASES = {"setup": Phase.SETUP, "install": Phase.INSTALL, "build": Phase.BUILD, "release": Phase.RELEASE}


def located(items: tuple[Piece, ...] | None) -> tuple[Located[str], ...]:
    """Texts as located values."""
    return tuple(Located(item.text.text, item.origin) for item in items or ())


def environment(layer: Layer) -> dict[str, str]:
    """What the image's ENV adds. A PATH variable replaces the image's PATH, literally (`$PATH` stays as it is)."""
    values = {name: item.text.text for name, item in (layer.variables or {}).items()}
    if "PATH" in values:
        values["PATH"] = login_path(values["PATH"])
    return values


def packages(phases: list[PhaseLayer]) -> tuple[Packages, ...]:
    """nix's packages by archive, and all apt packages."""
    found: list[Packages] = []
    for archive, texts in nix.groups(sorted(phases, key=lambda phase: phase.name)).items():
        libraries = tuple(
            item
            for phase in phases
            if phase.nixpkgs_archive is not None and phase.nixpkgs_archive.text.text == archive
            for item in located(phase.nix_libs)
        )
        found.append(Packages("nix", located(tuple(texts)), archive, libraries))
    apt = tuple(item for phase in sorted(phases, key=lambda phase: phase.name) for item in located(phase.apt_pkgs))
    if apt:
        found.append(Packages("apt", apt))
    return tuple(found)


def _setup_steps(view: View, found: tuple[Packages, ...]) -> list[Step]:
    steps: list[Step] = []
    for item in found:
        if item.manager == "nix":
            file = f".nixpacks/nixpkgs-{item.archive}.nix"
            command = f"nix-env -if {file} && nix-collect-garbage -d"
            label = "nix: " + " ".join(sorted({name.value for name in item.names}))
        else:
            names = " ".join(name.value for name in item.names)
            command = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
            label = f"apt: {names}"
        steps.append(
            Step(
                id=f"setup:{item.manager}" + (f":{item.archive[:7]}" if item.archive else ""),
                phase=Phase.SETUP,
                command=view.default(command, _asked_by(item)),
                shell=ShellForm.BASH_LOGIN_PIPEFAIL,
                cwd=APP,
                files=(),
                builder_phase="setup",
                label=label,
            )
        )
    return steps


def _asked_by(item: Packages) -> str:
    """Who chose the packages: the places of those that are not the builder's own."""
    places = dict.fromkeys(name.origin.describe() for name in item.names if not isinstance(name.origin, BuilderDefault))
    return "packages of " + ", ".join(places) if places else "the packages of the plan"


def steps(view: View, phases: list[PhaseLayer], found: tuple[Packages, ...], env: Mapping[str, str]) -> list[Step]:
    """All commands in the order in which the image is built. `phases` in their order."""
    result = _setup_steps(view, found)
    paths: tuple[Located[str], ...] = ()
    present: tuple[str, ...] | None = ()  # None: all files of the project
    for phase in phases:
        if not phase.cmds and not phase.paths:
            continue  # Nixpacks writes `# noop` and copies nothing
        paths = (*located(phase.paths), *paths)
        present = _with_files(present, phase.only_include_files)
        caches = tuple(_cache(str(item)) for item in phase.cache_directories or ())
        for index, command in enumerate(phase.cmds or ()):
            result.append(
                Step(
                    id=f"{phase.name}:{index}",
                    phase=_PHASES.get(phase.name.split(":")[-1], Phase.BUILD),
                    command=command,
                    shell=ShellForm.BASH_LOGIN_PIPEFAIL,
                    cwd=APP,
                    env=env,
                    paths=paths,
                    files=present,
                    cache_directories=caches,
                    builder_phase=phase.name,
                )
            )
    return result


def _cache(name: str) -> str:
    name = name.replace("~", "/root")
    return name if name.startswith("/") else f"{APP}/{name}"


def _with_files(present: tuple[str, ...] | None, only: tuple[Piece, ...] | None) -> tuple[str, ...] | None:
    if present is None or only is None:
        return None
    names = [str(item).removeprefix("./").rstrip("/") for item in only]
    if any(name in ("", ".") for name in names):
        return None
    return tuple(dict.fromkeys((*present, *names)))


def start(layer: Layer, phases: list[PhaseLayer], env: Mapping[str, str]) -> Start | None:
    """The start, in a login shell. Another user does not get root's profile; another image keeps only /app."""
    chosen = layer.start
    if chosen is None or chosen.cmd is None:
        return None
    paths: tuple[Located[str], ...] = ()
    for phase in phases:
        paths = (*located(phase.paths), *paths)
    user = chosen.user.text.text if chosen.user is not None else "root"
    values = dict(env)
    if user != "root":
        paths = ()
        base = table("nixpkgs")["base_image"]["path"]
        values["PATH"] = f"/home/{user}/.nix-profile/bin:/nix/var/nix/profiles/default/bin:{base}"
        values["HOME"] = f"/home/{user}"
    keeps: tuple[str, ...] | None = None
    if chosen.run_image is not None:
        paths = ()
        only = chosen.only_include_files
        keeps = tuple(f"{APP}/{str(item).removeprefix('./')}" for item in only) if only else (APP,)
    return Start(
        command=Command(chosen.cmd.text, chosen.cmd.origin),
        shell=ShellForm.BASH_LOGIN,
        cwd=APP,
        env=values,
        paths=paths,
        user=user,
        keeps=keeps,
    )
