"""Merging of plan layers, as Nixpacks does it: per field, with `"..."` for what was there before.

In: layers from low to high priority. Out: one layer. The token `"..."` stays in a list until `pin`, so a later layer's
`"..."` brings back what an earlier one left out. Source: railwayapp/nixpacks src/nixpacks/plan/{merge,utils,mod}.rs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from firstpush.config.nixpacks_layer import (
    PHASE_LISTS,
    Layer,
    PhaseLayer,
    Piece,
    Pieces,
    StartLayer,
    piece,
)
from firstpush.model.origin import BuilderDefault, Origin
from firstpush.model.value import replace

AUTO = ("...", "@auto")
# A phase that only a higher layer names gets these, so that a user's `install` still runs after the setup.
_USUAL_DEPENDENCY = {"install": "setup", "build": "install"}


def fill(original: Pieces | None, chosen: Pieces | None) -> Pieces | None:
    """`chosen` with each `"..."` followed by `original`; `original` where nothing was chosen."""
    if chosen is None:
        return original
    filled: list[Piece] = []
    for item in chosen:
        filled.append(item)
        if item.text.text in AUTO:
            filled.extend(original or ())
    return tuple(filled)


def without_auto(items: Pieces | None) -> Pieces | None:
    """The list without the tokens."""
    return None if items is None else tuple(item for item in items if item.text.text not in AUTO)


def merge_phase(low: PhaseLayer, high: PhaseLayer) -> PhaseLayer:
    """One phase of two sources."""
    lists: dict[str, Any] = {name: fill(getattr(low, name), getattr(high, name)) for name in PHASE_LISTS.values()}
    return replace(
        low,
        nixpkgs_archive=high.nixpkgs_archive or low.nixpkgs_archive,
        origin=high.origin or low.origin,
        **lists,
    )


def _merge_start(low: StartLayer | None, high: StartLayer | None) -> StartLayer | None:
    if low is None or high is None:
        return low or high
    return StartLayer(
        cmd=high.cmd or low.cmd,
        run_image=high.run_image or low.run_image,
        only_include_files=fill(low.only_include_files, high.only_include_files),
        user=high.user or low.user,
    )


def _merge_map(low: Mapping[str, Piece] | None, high: Mapping[str, Piece] | None) -> Mapping[str, Piece] | None:
    return {**low, **high} if low is not None and high is not None else (high if low is None else low)


def new_phase(name: str, origin: Origin | None) -> PhaseLayer:
    """What Nixpacks starts from when a phase is new."""
    before = _USUAL_DEPENDENCY.get(name)
    default = BuilderDefault("nixpacks", why=f"every `{name}` phase")
    return PhaseLayer(name, depends_on=(piece(before, default),) if before else None, origin=origin)


def merge(low: Layer, high: Layer) -> Layer:
    """Two sources; `high` wins field by field."""
    phases = dict(low.phases)
    for name, phase in high.phases.items():
        phases[name] = merge_phase(phases.get(name) or new_phase(name, phase.origin), phase)
    return Layer(
        providers=fill(low.providers, high.providers),
        build_image=high.build_image or low.build_image,
        variables=_merge_map(low.variables, high.variables),
        static_assets=_merge_map(low.static_assets, high.static_assets),
        phases=phases,
        start=_merge_start(low.start, high.start),
    )


def merge_all(layers: Sequence[Layer]) -> Layer:
    """All sources from low to high. The first is taken as it is (its phases get no usual dependency)."""
    merged = layers[0]
    for layer in layers[1:]:
        merged = merge(merged, layer)
    return merged


def prefixed(layer: Layer, prefix: str) -> Layer:
    """The layer of a second provider: its phases are called `python:install`."""
    phases: dict[str, PhaseLayer] = {}
    for name, phase in layer.phases.items():
        depends = phase.depends_on
        if depends is not None:
            depends = tuple(piece(f"{prefix}:{item}", item.origin) for item in depends)
        phases[f"{prefix}:{name}"] = replace(phase, name=f"{prefix}:{name}", depends_on=depends)
    return replace(layer, phases=phases)


def pin(layer: Layer, build_image: Piece, archive: Piece) -> Layer:
    """The final plan: tokens gone, image and nixpkgs archives filled in."""
    phases: dict[str, PhaseLayer] = {}
    for name, phase in layer.phases.items():
        lists: dict[str, Any] = {
            attribute: without_auto(getattr(phase, attribute)) for attribute in PHASE_LISTS.values()
        }
        # Nixpacks decides on the archive before it removes the tokens: `["..."]` counts as packages.
        uses_nix = bool(phase.nix_pkgs) or bool(phase.nix_libs)
        chosen = phase.nixpkgs_archive or (archive if uses_nix else None)
        phases[name] = replace(phase, name=name, nixpkgs_archive=chosen, **lists)
    start = layer.start
    if start is not None:
        start = replace(start, only_include_files=without_auto(start.only_include_files))
    return replace(
        layer,
        providers=(),
        build_image=layer.build_image or build_image,
        phases=dict(sorted(phases.items())),
        start=start,
    )


def sorted_phases(phases: Mapping[str, PhaseLayer]) -> list[PhaseLayer] | None:
    """In the order in which they run: those without open dependencies first, by name. None: they wait in a circle.

    A dependency that is no phase counts for nothing. A dependency that is named twice is counted twice but resolved
    once, so such a phase never runs out of dependencies: Nixpacks calls that a circle, too.
    """
    names = sorted(phases)
    open_dependencies = {
        name: [str(item) for item in phases[name].depends_on or () if str(item) in phases] for name in names
    }
    degree = {name: len(open_dependencies[name]) for name in names}
    ordered: list[PhaseLayer] = []
    while degree:
        ready = [name for name in sorted(degree) if degree[name] == 0]
        if not ready:
            return None
        for name in ready:
            del degree[name]
            ordered.append(phases[name])
        for name in ready:
            for waiting in degree:
                if name in open_dependencies[waiting]:
                    degree[waiting] -= 1
    return ordered
