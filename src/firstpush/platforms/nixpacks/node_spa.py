"""What Nixpacks does with a single-page app built by Vite, and TypeScript's build cache. In: a `View`.

Source: railwayapp/nixpacks src/providers/node/spa and src/providers/node/mod.rs at f51d7fd.
"""

from __future__ import annotations

import json
import re
from typing import Any

from firstpush.config.nixpacks_layer import PhaseLayer
from firstpush.facts import table
from firstpush.platforms.nixpacks.view import View

START = "exec caddy run --config /assets/Caddyfile --adapter caddyfile 2>&1"
# Nixpacks writes its own Caddyfile; its text decides nothing about a Python app and is not repeated here.
UNKNOWN_ASSET = "…"
_OUT_DIR = re.compile(r"""outDir:\s*['"`](.*?)['"`]""")
_OUT_OPTION = re.compile(r"vite\s+build(?:\s+-[^\s]*)*\s+(?:--outDir)\s+([^-\s;]+)")


def _has(package: dict[str, Any], name: str) -> bool:
    """Nixpacks looks into `devDependencies` only when there are no `dependencies`."""
    for key in ("dependencies", "devDependencies"):
        values = package.get(key)
        if isinstance(values, dict):
            return name in values
    return False


def is_vite(view: View, package: dict[str, Any]) -> bool:
    """Whether the app is built by Vite."""
    scripts = package.get("scripts")
    build = scripts.get("build", "") if isinstance(scripts, dict) else ""
    return (
        _has(package, "vite")
        or view.has("vite.config.js")
        or view.has("vite.config.ts")
        or "vite build" in str(build).lower()
    )


def caddy_phase(view: View, package: dict[str, Any]) -> PhaseLayer | None:
    """The phase that prepares Caddy, where Nixpacks serves the built files by itself."""
    wanted = view.config("SPA_CADDY")
    if wanted is not None and wanted.lower() in ("false", "0"):
        return None
    allowed = (
        (_has(package, "react") and not _has(package, "@remix-run/react") and not _has(package, "@react-router/node"))
        or (_has(package, "svelte") and not _has(package, "@sveltejs/kit"))
        or any(_has(package, name) for name in ("vue", "preact", "lit", "solid-js", "@builder.io/qwik"))
    )
    if not allowed and view.config("SPA_OUT_DIR") is None:
        return None
    return PhaseLayer(
        "caddy",
        depends_on=(view.default("setup"),),
        nix_pkgs=(view.default("caddy", "a single-page app"),),
        nix_overlays=(),
        nixpkgs_archive=view.default(table("nixpacks")["node"]["archive_caddy"]),
        cmds=(view.default("caddy fmt --overwrite /assets/Caddyfile", "a single-page app"),),
    )


def output_folder(view: View, package: dict[str, Any]) -> str:
    """Where Vite puts the built files."""
    config = view.read_or_empty("vite.config.js") or view.read_or_empty("vite.config.ts")
    found = _OUT_DIR.search(config)
    if found:
        return found[1]
    scripts = package.get("scripts")
    build = scripts.get("build") if isinstance(scripts, dict) else None
    option = _OUT_OPTION.search(build) if isinstance(build, str) else None
    return option[1] if option else "dist"


def build_info_file(view: View) -> str | None:
    """TypeScript's incremental build file, when it is committed."""
    options: dict[str, Any] = {}
    config = _json(view, "tsconfig.json")
    base = config.get("extends")
    if isinstance(base, str):
        options |= _json(view, base).get("compilerOptions") or {}
    own = config.get("compilerOptions")
    options |= own if isinstance(own, dict) else {}
    if options.get("incremental") is not True:
        return None
    folder = options.get("outDir")
    default = f"{folder}/tsconfig.tsbuildinfo" if folder else "tsconfig.tsbuildinfo"
    name = str(options.get("tsBuildInfoFile") or default)
    return name if view.has(name) else None


def _json(view: View, name: str) -> dict[str, Any]:
    try:
        value = json.loads(view.read_or_empty(name))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
