"""The plan as `nixpacks plan` prints it, and where each text comes from.

In: a pinned layer; out: JSON values, and path (`phases.install.cmds[0]`) → origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstpush.config.nixpacks_layer import PHASE_LISTS, Layer, PhaseLayer, Piece, Pieces
from firstpush.model.origin import Origin


def native(layer: Layer) -> tuple[dict[str, Any], dict[str, Origin]]:
    """A pinned layer → the builder's own format and the origins of its texts."""
    origins: dict[str, Origin] = {}

    def one(path: str, value: Piece) -> str:
        origins[path] = value.origin
        return value.text.text

    def many(path: str, values: Pieces) -> list[str]:
        return [one(f"{path}[{index}]", value) for index, value in enumerate(values)]

    def mapping(path: str, values: Mapping[str, Piece]) -> dict[str, str]:
        return {name: one(f"{path}.{name}", value) for name, value in sorted(values.items())}

    plan: dict[str, Any] = {}
    if layer.providers is not None:
        plan["providers"] = many("providers", layer.providers)
    if layer.build_image is not None:
        plan["buildImage"] = one("buildImage", layer.build_image)
    if layer.variables is not None:
        plan["variables"] = mapping("variables", layer.variables)
    if layer.static_assets is not None:
        plan["staticAssets"] = mapping("staticAssets", layer.static_assets)
    plan["phases"] = {name: _phase(phase, f"phases.{name}", one, many) for name, phase in sorted(layer.phases.items())}
    if layer.start is not None:
        start: dict[str, Any] = {}
        for name, value in (
            ("cmd", layer.start.cmd),
            ("runImage", layer.start.run_image),
            ("user", layer.start.user),
        ):
            if value is not None:
                start[name] = one(f"start.{name}", value)
        if layer.start.only_include_files is not None:
            start["onlyIncludeFiles"] = many("start.onlyIncludeFiles", layer.start.only_include_files)
        plan["start"] = start
    return plan, origins


def _phase(phase: PhaseLayer, path: str, one: Any, many: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"name": phase.name}
    for name, attribute in PHASE_LISTS.items():
        items: Pieces | None = getattr(phase, attribute)
        if items is not None:
            values[name] = many(f"{path}.{name}", items)
    if phase.nixpkgs_archive is not None:
        values["nixpkgsArchive"] = one(f"{path}.nixpkgsArchive", phase.nixpkgs_archive)
    return values
