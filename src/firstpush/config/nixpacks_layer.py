"""A build plan of Nixpacks as one source gives it: a file, the environment, an option, a provider.

These values are what `platforms/nixpacks` merges. Every text knows where it comes from. `None` means "not said", which
is something else than an empty list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from firstpush.model.origin import Command, Origin
from firstpush.model.text import SpannedText
from firstpush.model.value import dataclass, field

# A text of a plan: a command, a package name, a path. (`Command` is any text with its origin.)
Piece = Command
Pieces = tuple[Command, ...]

# The keys of a phase in Nixpacks' own order: native name → attribute.
PHASE_LISTS: Mapping[str, str] = {
    "dependsOn": "depends_on",
    "nixPkgs": "nix_pkgs",
    "nixLibs": "nix_libs",
    "nixOverlays": "nix_overlays",
    "aptPkgs": "apt_pkgs",
    "cmds": "cmds",
    "onlyIncludeFiles": "only_include_files",
    "cacheDirectories": "cache_directories",
    "paths": "paths",
}
PHASE_ALIASES: Mapping[str, str] = {
    "nixPackages": "nixPkgs",
    "nixLibraries": "nixLibs",
    "aptPackages": "aptPkgs",
    "commands": "cmds",
    "envPaths": "paths",
}
PHASE_KEYS = ("name", *PHASE_LISTS, "nixpkgsArchive")
START_KEYS = ("cmd", "runImage", "onlyIncludeFiles", "user")
TOP_KEYS = ("providers", "buildImage", "variables", "staticAssets", "phases", "start")


@dataclass(frozen=True, slots=True)
class PhaseLayer:
    """One phase as one source says it. `origin`: where the phase itself is introduced."""

    name: str
    depends_on: Pieces | None = None
    nix_pkgs: Pieces | None = None
    nix_libs: Pieces | None = None
    nix_overlays: Pieces | None = None
    nixpkgs_archive: Piece | None = None
    apt_pkgs: Pieces | None = None
    cmds: Pieces | None = None
    only_include_files: Pieces | None = None
    cache_directories: Pieces | None = None
    paths: Pieces | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class StartLayer:
    """The start as one source says it."""

    cmd: Piece | None = None
    run_image: Piece | None = None
    only_include_files: Pieces | None = None
    user: Piece | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A whole plan as one source says it."""

    providers: Pieces | None = None
    build_image: Piece | None = None
    variables: Mapping[str, Piece] | None = None
    static_assets: Mapping[str, Piece] | None = None
    phases: Mapping[str, PhaseLayer] = field(default_factory=dict)
    start: StartLayer | None = None


def piece(text: str, origin: Origin) -> Piece:
    """A text that stands in no file."""
    return Command(SpannedText(text), origin)


def pieces(texts: Iterable[str], origin: Origin) -> Pieces:
    """Texts that stand in no file, of one origin."""
    return tuple(piece(text, origin) for text in texts)
