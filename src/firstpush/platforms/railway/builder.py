"""Which builder Railway takes for a service, and how sure that is.

In: tree, root, settings, Railway's file. Out: `Choice`. Order: what the user forces, a Dockerfile, the configured
builder, then the default by date: Railpack for services made since 2025-09-16 (facts/railway.toml).
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import normpath

from firstpush.config.railway_file import RailwayFile
from firstpush.facts import table
from firstpush.model.origin import BuilderDefault, FileOrigin, OptionOrigin, Origin
from firstpush.model.value import dataclass
from firstpush.project.tree import ProjectTree

NIXPACKS_FILES = ("nixpacks.toml", "nixpacks.json")
# Settings of Railway's file that only Nixpacks reads.
NIXPACKS_SETTINGS = ("build.nixpacksPlan", "build.nixpacksConfigPath", "build.nixpacksVersion")


@dataclass(frozen=True, slots=True)
class Choice:
    """`name`: nixpacks, railpack, docker, heroku, paketo; `version`: where it is asked for; `known`: whether the files
    decide it (False: it depends on when the service was made); `dockerfile`: path of the tree."""

    name: str
    version: str | None
    why: str
    origin: Origin
    known: bool = True
    dockerfile: str | None = None


def choose(
    tree: ProjectTree,
    root: str,
    file: RailwayFile | None,
    env: Mapping[str, str],
    forced: str | None,
    as_of: str | None,
) -> Choice:
    """The builder for the folder `root` (`.` is the tree)."""
    prefix = "" if root == "." else root + "/"
    if forced is not None:
        name, _, wanted = forced.partition("@")
        path: str | None = _dockerfile(tree, prefix, file, env)[0] if name == "docker" else None
        chosen = wanted or _version(name, file, env)
        return Choice(name, chosen, "forced by --builder", OptionOrigin("--builder"), dockerfile=path)
    configured = file.node("build.builder") if file is not None else None
    asked = str(configured.value).lower() if configured is not None else None
    dockerfile, named = _dockerfile(tree, prefix, file, env)
    if tree.exists(dockerfile) or named or asked == "dockerfile":
        why = f"{dockerfile} exists" if tree.exists(dockerfile) else f"{dockerfile} is asked for"
        if asked not in (None, "dockerfile") and tree.exists(dockerfile) and not named:
            why += f"; a Dockerfile wins over `builder: {asked.upper() if asked else ''}`"
        return Choice("docker", None, why, BuilderDefault("railway", why=why), dockerfile=dockerfile)
    if asked is not None and configured is not None and file is not None:
        why = f"{file.path} says so"
        return Choice(asked, _version(asked, file, env), why, FileOrigin(configured.span))
    for name in NIXPACKS_FILES:
        if tree.exists(prefix + name):
            why = f"{prefix}{name} exists, and nothing names a builder"
            version = _version("nixpacks", file, env)
            return Choice("nixpacks", version, why, BuilderDefault("railway", why=why), known=False)
    settings = [name for name in NIXPACKS_SETTINGS if file is not None and file.node(name) is not None]
    if settings or any(name.startswith("NIXPACKS_") for name in env):
        why = f"{settings[0]} is set" if settings else "NIXPACKS_ variables are set"
        return Choice("nixpacks", _version("nixpacks", file, env), why, BuilderDefault("railway", why=why), known=False)
    since = table("railway")["dates"]["railpack_default"]
    if as_of is not None and as_of < since:
        why = f"Nixpacks was the default before {since}"
        return Choice("nixpacks", _version("nixpacks", file, env), why, BuilderDefault("railway", why=why))
    why = f"Railpack is the default for services made since {since}"
    return Choice("railpack", _version("railpack", file, env), why, BuilderDefault("railway", why=why), known=False)


def _version(name: str, file: RailwayFile | None, env: Mapping[str, str]) -> str | None:
    if name not in ("nixpacks", "railpack"):
        return None
    found = file.text(f"build.{name}Version") if file is not None else None
    return found or env.get(f"{name.upper()}_VERSION")


def _dockerfile(tree: ProjectTree, prefix: str, file: RailwayFile | None, env: Mapping[str, str]) -> tuple[str, bool]:
    """The Dockerfile's path in the tree, and whether somebody named it. A named path is relative to the root."""
    named = (file.text("build.dockerfilePath") if file is not None else None) or env.get("RAILWAY_DOCKERFILE_PATH")
    if named is None:
        return prefix + "Dockerfile", False
    path = normpath(named.strip().lstrip("/"))
    inside = normpath(prefix + path)
    # The config file may be for a service of the repository's root, wherever it lies.
    return (path if tree.exists(path) and not tree.exists(inside) else inside), True
