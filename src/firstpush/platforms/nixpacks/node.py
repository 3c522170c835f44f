"""Nixpacks' Node provider, for what becomes of a Python app that has a package.json. In: a `View`; out: a layer.

Nx and Moon monorepos are not modelled. Source: railwayapp/nixpacks src/providers/node at f51d7fd.
"""

from __future__ import annotations

import json
from typing import Any

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, Piece, Pieces, StartLayer
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.platforms.nixpacks import node_spa, node_version
from firstpush.platforms.nixpacks.merge import new_phase
from firstpush.platforms.nixpacks.view import NotModelled, View

_MANAGERS = ("npm", "pnpm", "yarn", "bun")
_CACHES = {
    "npm": "/root/.npm",
    "pnpm": "/root/.local/share/pnpm/store/v3",
    "yarn": "/usr/local/share/.cache/yarn/v6",
    "bun": "/root/.bun",
}
_CHROMIUM = (
    "libnss3",
    "libatk1.0-0",
    "libatk-bridge2.0-0",
    "libcups2",
    "libgbm1",
    "libasound2t64",
    "libpangocairo-1.0-0",
    "libxss1",
    "libgtk-3-0",
    "libxshmfence1",
    "libglu1",
    "chromium",
)
_LOCKS = ("package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml")


def layer(view: View) -> Layer:
    """The provider's plan."""
    package = read_package(view, "package.json") if view.has("package.json") else {}
    if _is_nx(view) or (view.config("MOON_APP_NAME") is not None and view.has(".moon/workspace.yml")):
        raise NotModelled("Nixpacks' plan for Nx and Moon monorepos is not modelled")
    manager = package_manager(view, package)
    phases = {"setup": _setup(view, package, manager), "install": _install(view, package, manager)}
    phases["build"] = _build(view, package, manager)
    variables = {name: view.default(value) for name, value in _VARIABLES}
    assets: dict[str, Piece] | None = None
    is_spa = node_spa.is_vite(view, package)
    caddy = node_spa.caddy_phase(view, package) if is_spa else None
    if caddy is not None:
        phases["caddy"] = caddy
        assets = {"Caddyfile": view.default(node_spa.UNKNOWN_ASSET, "a built-in file of Nixpacks")}
    if is_spa:
        folder = view.config("SPA_OUT_DIR") or node_spa.output_folder(view, package)
        variables["NIXPACKS_SPA_OUTPUT_DIR"] = view.default(folder)
    start = _start(view, package, manager, caddy is not None)
    return Layer(
        variables=variables,
        static_assets=assets,
        phases=phases,
        start=StartLayer(cmd=start) if start is not None else None,
    )


def _is_nx(view: View) -> bool:
    """Whether Nixpacks takes the folder for an Nx monorepo: only with the name of an app that has a project.json."""
    name = view.config("NX_APP_NAME")
    if name is None:
        try:
            config = json.loads(view.read_or_empty("nx.json"))
        except (ValueError, RecursionError):
            return False
        name = config.get("defaultProject") if isinstance(config, dict) else None
    return isinstance(name, str) and view.has("nx.json") and view.has(f"apps/{name}/project.json")


_VARIABLES = (("NODE_ENV", "production"), ("NPM_CONFIG_PRODUCTION", "false"), ("CI", "true"))


def read_package(view: View, name: str) -> dict[str, Any]:
    """A package.json. Stops the plan where Nixpacks does."""
    try:
        value = json.loads(view.read(name))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise view.stop(
            "nixpacks-package-json",
            Cause.CONFIG_PARSE_ERROR,
            f"Nixpacks cannot read {name} as JSON",
            view.label(name),
            f"Error: Error reading {name} as JSON",
        )
    return value


def strings(package: dict[str, Any], key: str) -> dict[str, str]:
    """A map of the package.json."""
    value = package.get(key)
    return {name: str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def package_manager(view: View, package: dict[str, Any]) -> str:
    """npm, pnpm, yarn or bun."""
    named = package.get("packageManager")
    if isinstance(named, str) and named.split("@")[0] in _MANAGERS:
        return named.split("@")[0]
    if view.has("pnpm-lock.yaml"):
        return "pnpm"
    if view.has("yarn.lock"):
        return "yarn"
    return "bun" if view.has("bun.lockb") or view.has("bun.lock") else "npm"


def _node(view: View, package: dict[str, Any], with_env: bool = True) -> str:
    wanted = view.config("NODE_VERSION") if with_env else None
    if wanted is None:
        wanted = strings(package, "engines").get("node")
    if wanted is None and view.has(".nvmrc"):
        wanted = node_version.from_nvmrc(view.read(".nvmrc"))
    if wanted is None and view.has(".node-version"):
        wanted = view.read(".node-version").strip().replace("v", "")
    return node_version.package(wanted)


def _mentions(view: View, word: str) -> bool:
    return any(word in view.read_or_empty(name) for name in _LOCKS)


def _setup(view: View, package: dict[str, Any], manager: str) -> PhaseLayer:
    facts = table("nixpacks")["node"]
    packages = [
        view.default(_node(view, package), "package.json exists"),
        view.default(_manager_package(view, manager)),
    ]
    if _mentions(view, "prisma"):
        packages.append(view.default("openssl", "prisma is used"))
    libraries: list[Piece] = []
    if _mentions(view, "sharp"):
        libraries.append(view.default("gcc-unwrapped", "sharp is used"))
    apt = tuple(view.default(name, "puppeteer is used") for name in _CHROMIUM) if _mentions(view, "puppeteer") else None
    if _mentions(view, "canvas"):
        libraries += [view.default(name, "canvas is used") for name in ("libuuid", "libGL")]
    node = _node(view, package, with_env=False)
    if "14" in node or "16" in node:
        archive = facts["archive_old"]
    elif manager == "bun":
        archive = facts["archive_bun" if view.version > (1, 39) else "archive_bun_old"]
    else:
        archive = facts["archive"]
    return PhaseLayer(
        "setup",
        nix_pkgs=tuple(packages),
        nix_libs=tuple(libraries) or None,
        nix_overlays=(view.default(facts["overlay"]),),
        nixpkgs_archive=view.default(archive, "Nixpacks' archive for Node"),
        apt_pkgs=apt,
    )


def _manager_package(view: View, manager: str) -> str:
    if manager == "pnpm":
        lock = view.read_or_empty("pnpm-lock.yaml")
        for begin, number in (("lockfileVersion: 5.3", 6), ("lockfileVersion: 5.4", 7), ("lockfileVersion: '6.0'", 8)):
            if lock.startswith(begin):
                return f"pnpm-{number}_x"
        return "pnpm-9_x"
    if manager == "npm":
        lock = view.read_or_empty("package-lock.json")
        return (
            "npm-6_x" if '"lockfileVersion": 1' in lock else "npm-8_x" if '"lockfileVersion": 2' in lock else "npm-9_x"
        )
    return "yarn-1_x" if manager == "yarn" else "bun"


def _install_command(view: View, manager: str) -> str:
    if manager == "pnpm":
        return "pnpm i --frozen-lockfile"
    if manager == "yarn":
        return f"yarn install --{'check-cache' if view.has('.yarnrc.yml') else 'frozen-lockfile'}"
    if view.has("package-lock.json"):
        return "npm ci"
    return "bun i --no-save" if view.has("bun.lockb") or view.has("bun.lock") else "npm i"


def _install(view: View, package: dict[str, Any], manager: str) -> PhaseLayer:
    commands = [_install_command(view, manager)] if view.has("package.json") else []
    named = package.get("packageManager")
    if isinstance(named, str) and not named.startswith("npm") and "14" not in _node(view, package):
        commands.insert(0, "npm install -g corepack@0.24.1 && corepack enable")
    caches = [_CACHES[manager]]
    if "cypress" in _all_dependencies(view):
        caches.append("/root/.cache/Cypress")
    return PhaseLayer(
        "install",
        depends_on=new_phase("install", None).depends_on,
        cmds=tuple(view.default(command, f"package.json, {manager}") for command in commands) or None,
        cache_directories=tuple(view.default(name) for name in sorted(set(caches))),
        paths=(view.default("/app/node_modules/.bin", "every Node app"),),
    )


def _packages(view: View) -> list[tuple[str, dict[str, Any]]]:
    """Every package.json below the app, by folder."""
    names = [name for name in view.files("package.json") if name.split("/")[-1] == "package.json"]
    return [
        (name.removesuffix("package.json").rstrip("/"), read_package(view, name))
        for name in names
        if "node_modules" not in view.path(name)
    ]


def _all_dependencies(view: View) -> set[str]:
    return {
        name
        for _, package in _packages(view)
        for key in ("dependencies", "devDependencies")
        for name in strings(package, key)
    }


def _build(view: View, package: dict[str, Any], manager: str) -> PhaseLayer:
    scripts = strings(package, "scripts")
    command: Piece | None = None
    if view.has("turbo.json"):
        command = _turbo(view, "build", manager)
    if command is None and "build" in scripts:
        command = view.default(f"{manager} run build", "package.json has the script `build`")
    caches = {"node_modules/.cache"}
    for folder, found in _packages(view):
        if "next" in strings(found, "dependencies") or "next" in strings(found, "devDependencies"):
            caches.add(f"{folder}/.next/cache" if folder else ".next/cache")
    extra = package.get("cacheDirectories")
    if isinstance(extra, list):
        caches |= {str(item) for item in extra}
    info = node_spa.build_info_file(view)
    if info is not None:
        caches.add(info)
    commands: Pieces | None = (command,) if command is not None else None
    return PhaseLayer(
        "build",
        depends_on=new_phase("build", None).depends_on,
        cmds=commands,
        cache_directories=tuple(view.default(name) for name in sorted(caches)),
    )


def _turbo(view: View, task: str, manager: str) -> Piece | None:
    try:
        config = json.loads(view.read_or_empty("turbo.json"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(config, dict):
        return None
    app = view.config("TURBO_APP_NAME")
    if app is not None and task == "start":
        raise NotModelled("NIXPACKS_TURBO_APP_NAME is not modelled")
    if any(task in (config.get(key) or {}) for key in ("pipeline", "tasks")):
        return view.default(f"npx turbo run {task}", "turbo.json")
    if app is not None:
        runner = {"pnpm": "pnpx", "yarn": "yarn"}.get(manager, "npx")
        return view.default(f"{runner} turbo run {app}:build", "NIXPACKS_TURBO_APP_NAME")
    return None


def _start(view: View, package: dict[str, Any], manager: str, caddy: bool) -> Piece | None:
    if view.has("turbo.json"):
        command = _turbo(view, "start", manager)
        if command is not None:
            return command
    if caddy:
        return view.default(node_spa.START)
    if "start" in strings(package, "scripts"):
        return view.default(f"{manager} run start", "package.json has the script `start`")
    runner = "bun" if manager == "bun" else "node"
    main = package.get("main")
    if isinstance(main, str) and view.has(main):
        return view.default(f"{runner} {main}", "`main` in package.json")
    if view.has("index.js"):
        return view.default(f"{runner} index.js", "index.js exists")
    if view.has("index.ts") and manager == "bun":
        return view.default("bun index.ts", "index.ts exists")
    return None
