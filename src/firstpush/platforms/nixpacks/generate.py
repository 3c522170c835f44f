"""A folder's build plan, merged from all that speaks: provider, Procfile, file, variables, options.

In: a tree, a root, variables, what the platform passes on the command line. Out: `Generated`, the pinned layer with
everything that was learned on the way. Source: railwayapp/nixpacks src/nixpacks/plan/generator.rs at f51d7fd.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstpush.config import nixpacks_file, procfile
from firstpush.config.nixpacks_layer import Layer, PhaseLayer, Piece, StartLayer, pieces
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.origin import Command, FileOrigin
from firstpush.model.value import dataclass, replace
from firstpush.platforms.nixpacks import detect, python
from firstpush.platforms.nixpacks.environment import from_environment
from firstpush.platforms.nixpacks.merge import fill, merge, merge_all, pin, prefixed, without_auto
from firstpush.platforms.nixpacks.view import NotModelled, Stop, View
from firstpush.project.tree import ProjectTree

CONFIG_FILES = ("nixpacks.toml", "nixpacks.json")


@dataclass(frozen=True, slots=True)
class Generated:
    """`view`: with the variables of the file and, after a recursion, of the sub-folder; `providers`: names in order;
    `detected`: the provider that recognised the folder and why; `file`: the config file that was read;
    `file_layer`: what it says; `default_layer`: what the plan would be without file, variables and options;
    `processes`: of the Procfile."""

    view: View
    layer: Layer
    providers: tuple[str, ...]
    detected: tuple[str, str] | None
    file: str | None
    file_layer: Layer
    default_layer: Layer
    processes: Mapping[str, Command]


def generate(
    tree: ProjectTree,
    root: str,
    env: Mapping[str, Piece],
    version: tuple[int, int],
    version_name: str,
    options: Layer | None = None,
    config_file: str | None = None,
) -> Generated:
    """The plan of the folder `root` (`` is the tree itself). Raises Stop or NotModelled."""
    view = View(tree, root, env, version, version_name)
    file, file_layer = _read_file(view, config_file)
    before = merge_all([file_layer, from_environment(view), options or Layer()])
    variables = {**env, **(before.variables or {})}
    view = replace(view, env=variables)
    provider_layer, names, detected = _from_providers(view, before.providers)
    procfile_layer, processes = _from_procfile(view)
    default_layer = merge(provider_layer, procfile_layer)
    plan = merge(default_layer, before)
    if variables:
        plan = replace(plan, variables={**(plan.variables or {}), **variables})
    facts = table("nixpacks")["defaults"]
    debian = view.truthy("DEBIAN")
    plan = pin(
        plan,
        view.default(facts["build_image_debian" if debian else "build_image"]),
        view.default(facts["nixpkgs_archive_debian" if debian else "nixpkgs_archive"], "Nixpacks' default archive"),
    )
    if not plan.phases:
        folders = view.folders()
        if len(folders) == 1:
            inner = f"{root}/{folders[0]}" if root else folders[0]
            return generate(tree, inner, env, version, version_name, options, config_file)
    return Generated(view, plan, names, detected, file, file_layer, default_layer, processes)


def _read_file(view: View, config_file: str | None) -> tuple[str | None, Layer]:
    name = config_file
    if name is None:
        name = view.config("CONFIG_FILE")
        if name is not None and not view.has(name):
            raise view.stop(
                "nixpacks-config-missing",
                Cause.CONFIG_PARSE_ERROR,
                f"NIXPACKS_CONFIG_FILE names {name}, which does not exist",
                _variable_label(view, "NIXPACKS_CONFIG_FILE"),
                f"Error: Config file {name} does not exist",
            )
    if name is None:
        name = next((candidate for candidate in CONFIG_FILES if view.has(candidate)), None)
    if name is None:
        return None, Layer()
    limit = view.tree.unread(view.path(name))
    if limit is not None:
        raise NotModelled(f"{view.path(name)} is not read here: {limit}")
    source = view.tree.source(view.path(name))
    if source is None:
        raise view.stop(
            "nixpacks-config-missing",
            Cause.CONFIG_PARSE_ERROR,
            f"Nixpacks cannot read its config file {name}",
            view.label(name),
            f"Error: Failed to read Nixpacks config file `{name}`\n\nCaused by:\n    0: Error reading {name}",
        )
    if name.endswith(".toml"):
        from firstpush.syntax import toml as syntax
    elif name.endswith(".json"):
        from firstpush.syntax import json as syntax  # type: ignore[no-redef]
    else:
        raise view.stop(
            "nixpacks-config-missing",
            Cause.CONFIG_PARSE_ERROR,
            f"Nixpacks cannot read {name}: its name must end in .toml or .json",
            view.label(name),
            f"Error: Unknown file type: {name}",
        )
    found = nixpacks_file.read(syntax.parse(source), name)
    if found.layer is None:
        view.problems.extend(found.problems[:-1])
        raise Stop(found.problems[-1])
    view.problems.extend(found.problems)
    return view.path(name), found.layer


def _variable_label(view: View, name: str) -> Label:
    origin = view.env[name].origin
    return Label(origin.span) if isinstance(origin, FileOrigin) else view.label("", f"variable {name}")


def _from_providers(
    view: View, chosen: tuple[Piece, ...] | None
) -> tuple[Layer, tuple[str, ...], tuple[str, str] | None]:
    # Detection runs even where its result is not used: it can stop the plan.
    detected = detect.detect(view)
    found = (view.default(*detected),) if detected else ()
    wanted = without_auto(fill(found, pieces(["..."], view.default("").origin) if chosen is None else chosen)) or ()
    plan = Layer()
    metadata: list[str] = []
    for count, item in enumerate(wanted):
        name = item.text.text
        if name not in detect.NAMES:
            raise _unknown_provider(view, item)
        layer = _provider_layer(view, name, item.origin.describe())
        metadata += python.metadata(view) if name == "python" else [name]
        plan = merge(prefixed(layer, name) if count else layer, plan)
    if wanted:
        plan = replace(
            plan, variables={**(plan.variables or {}), "NIXPACKS_METADATA": view.default(",".join(metadata))}
        )
    return plan, tuple(item.text.text for item in wanted), detected


def _provider_layer(view: View, name: str, why: str) -> Layer:
    if name == "python":
        return python.layer(view)
    if name == "node":
        from firstpush.platforms.nixpacks import node

        return node.layer(view)
    if name == "staticfile":
        from firstpush.platforms.nixpacks import staticfile

        return staticfile.layer(view)
    raise NotModelled(f"Nixpacks' {name} provider is not modelled ({why})")


def _unknown_provider(view: View, item: Piece) -> Stop:
    from difflib import get_close_matches

    name = item.text.text
    close = get_close_matches(name.lower(), detect.NAMES, n=1, cutoff=0.6)
    span = item.origin.span if isinstance(item.origin, FileOrigin) else None
    text = f"did you mean `{close[0]}`?" if close else "no provider of Nixpacks"
    return view.stop(
        "nixpacks-unknown-provider",
        Cause.WRONG_PROVIDER,
        f"Nixpacks has no provider `{name}`",
        Label(span, text) if span else view.label("", text),
        f"Error: Provider {name} not found",
        f"use one of {', '.join(sorted(detect.NAMES))}",
    )


def _from_procfile(view: View) -> tuple[Layer, Mapping[str, Command]]:
    if not view.has("Procfile"):
        return Layer(), {}
    source = view.tree.source(view.path("Procfile"))
    if source is None:
        raise NotModelled(f"{view.path('Procfile')} cannot be read")
    from firstpush.syntax import procfile as syntax

    found = procfile.read(syntax.parse(source))
    if found.unsure is not None:
        raise NotModelled("the Procfile uses more of YAML than is modelled")
    if found.refusal is not None:
        raise view.stop(
            "nixpacks-procfile",
            Cause.CONFIG_PARSE_ERROR,
            f"Nixpacks reads Procfile as YAML and stops: {found.refusal.message}",
            Label(found.refusal.span, found.refusal.message),
            f"Error: Reading Procfile\n\nCaused by:\n    {found.refusal.message}",
            "put the command in quotes, or set `[start] cmd` in nixpacks.toml",
        )
    phases: dict[str, PhaseLayer] = {}
    release = found.processes.get("release")
    if release is not None:
        auto = view.default("...")
        depends = tuple(view.default(name, "Procfile has a release process") for name in ("setup", "install", "build"))
        phases["release"] = PhaseLayer("release", depends_on=depends, cmds=(auto, release), origin=release.origin)
    start = found.start()
    return Layer(phases=phases, start=StartLayer(cmd=start[1]) if start else None), found.processes
