"""The plan layer that `NIXPACKS_*` variables make. In: a `View`; out: a `Layer`.

Only the service's own variables count here: `[variables]` of nixpacks.toml are added later, so
`NIXPACKS_INSTALL_CMD` there has no effect. Source: railwayapp/nixpacks src/nixpacks/plan/mod.rs, `from_environment`.
"""

from __future__ import annotations

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, Pieces, StartLayer, piece
from firstpush.model.origin import EnvOrigin
from firstpush.platforms.nixpacks.merge import new_phase
from firstpush.platforms.nixpacks.view import View


def _words(value: str) -> list[str]:
    return [word for word in value.replace(",", " ").split(" ") if word]


def _packages(view: View, name: str, separators: str = " ,") -> Pieces | None:
    value = view.config(name)
    if value is None:
        return None
    # NIXPACKS_LIBS is split at spaces only, and empty words stay.
    words = value.split(" ") if separators == " " else _words(value)
    origin = EnvOrigin(f"NIXPACKS_{name}")
    return tuple(piece(word, origin) for word in (*words, "..."))


def _phase(view: View, name: str, variable: str) -> PhaseLayer | None:
    command = view.config(f"{variable}_CMD")
    if command is None:
        return None
    phase = new_phase(name, EnvOrigin(f"NIXPACKS_{variable}_CMD"))
    caches = view.config(f"{variable}_CACHE_DIRS")
    directories: Pieces | None = None
    if caches is not None and _words(caches):
        origin = EnvOrigin(f"NIXPACKS_{variable}_CACHE_DIRS")
        directories = tuple(piece(word, origin) for word in sorted(set(_words(caches))))
    return PhaseLayer(
        name,
        depends_on=phase.depends_on,
        cmds=(view.config_piece(f"{variable}_CMD", command),),
        cache_directories=directories,
        origin=phase.origin,
    )


def from_environment(view: View) -> Layer:
    """The layer of the service variables."""
    phases: dict[str, PhaseLayer] = {}
    packages, apt, libraries = _packages(view, "PKGS"), _packages(view, "APT_PKGS"), _packages(view, "LIBS", " ")
    if packages is not None or apt is not None or libraries is not None:
        phases["setup"] = PhaseLayer("setup", nix_pkgs=packages, apt_pkgs=apt, nix_libs=libraries)
    for name, variable in (("install", "INSTALL"), ("build", "BUILD")):
        phase = _phase(view, name, variable)
        if phase is not None:
            phases[name] = phase
    command = view.config("START_CMD")
    start = StartLayer(cmd=view.config_piece("START_CMD", command)) if command is not None else None
    return Layer(phases=phases, start=start)
