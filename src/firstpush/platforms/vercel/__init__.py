"""Vercel: Project → `Plan`s, one a reading of every deployment.

In: a `ProjectTree` and `Settings`. Out: a plan for each folder with a vercel.json (or the one that is asked for). When
the framework preset (a setting of the dashboard) is not known, there are two plans of one folder: what a first import
detects, and the preset Other; the notes say so, and `native["readings"]` counts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firstpush.model.plan import Dormant, Phase, Plan

if TYPE_CHECKING:
    from firstpush.config.vercel_json import DashboardSettings, VercelJson
    from firstpush.platforms import Settings
    from firstpush.platforms.vercel.deployment import Deployment
    from firstpush.project.tree import ProjectTree

NAME = "vercel"
#: Problems that say already that the function cannot import what it needs.
TOLD = frozenset({"vercel-nothing-installed", "vercel-install-not-bundled"})


def plans(tree: ProjectTree, settings: Settings) -> list[Plan]:
    """The deployments of the project on Vercel; a front end without Python is none of our business and gives none."""
    forced = NAME in settings.platforms or (settings.builder or "").partition("@")[0] in (NAME, "vercel-python")
    if settings.platforms and not forced:
        return []
    if settings.builder and not forced:
        return []
    asked = forced or settings.vercel_framework is not None
    found: list[Plan] = []
    for root in _roots(tree, settings, asked):
        found += _plans_of(tree, root, settings)
    return found


def _roots(tree: ProjectTree, settings: Settings, asked: bool) -> list[str]:
    """The folders that Vercel deploys: `root` when it is given, else every folder with a vercel.json."""
    if settings.root is not None:
        root = settings.root.strip("/") or "."
        inner = "" if root == "." else root + "/"
        return [root] if asked or tree.exists(inner + "vercel.json") or tree.exists("vercel.json") else []
    named = [path for path in tree.files if path.rpartition("/")[2] == "vercel.json"]
    roots = [path.rpartition("/")[0] or "." for path in named if "/.vercel/" not in f"/{path}"]
    linked = tree.exists(".vercel/project.json")
    if not roots and (asked or linked):
        roots = ["."]
    return sorted(roots)


def _plans_of(tree: ProjectTree, root: str, settings: Settings) -> list[Plan]:
    from firstpush.config import vercel_json
    from firstpush.platforms.vercel import deployment, era, reading

    path = "vercel.json" if root == "." else f"{root}/vercel.json"
    unread = tree.unread(path)
    source = tree.source(path) if unread is None else None
    config = vercel_json.read(source) if source is not None else None
    dashboard = _dashboard(tree, root)
    if dashboard is not None and dashboard.root_directory and root == "." and config is None:
        root = dashboard.root_directory
    version = (settings.builder or "").partition("@")[2] or None
    then = era.era(settings.as_of, version)
    choices = reading.readings(tree, root, config, dashboard, settings.vercel_framework, then.asked)
    made = [deployment.make(tree, root, config, dashboard, choice, then) for choice in choices]
    if not any(deployment.is_python(one) for one in made):
        return []
    if unread is not None:
        return [_unread(made[0], f"{path} is not read here: {unread}")]
    return [_plan(one, settings, len(made)) for one in made]


def _unread(one: Deployment, reason: str) -> Plan:
    """The plan of a vercel.json that is beyond our own limits: Vercel may take it, so nothing is said about it."""
    from firstpush.platforms.vercel import machine, native

    return Plan(
        platform=NAME,
        builder=native.builder_name(one),
        builder_version=None,
        root=one.root,
        machine=None,
        app_dir=machine.work_path(one.root),
        native=native.native(one, 1),
        unknown=reason,
        as_of=one.era.asked,
    )


def _dashboard(tree: ProjectTree, root: str) -> DashboardSettings | None:
    from firstpush.config import vercel_json

    for path in (f"{root}/.vercel/project.json", ".vercel/project.json"):
        source = tree.source(path.removeprefix("./"))
        if source is not None:
            return vercel_json.read_settings(source)
    return None


def _plan(one: Deployment, settings: Settings, readings: int) -> Plan:
    from firstpush.platforms.vercel import machine, native, problems, steps

    in_venv = bool(one.functions) and one.era.default == "uv-sync"
    python = one.functions[0].python.version if one.functions else "3.12"
    services = native.services(one)
    broken = one.selection.refusal is not None or (one.config is not None and one.config.root is None) or services
    image = machine.image(
        one.era, one.root, python, venv=in_venv, env=settings.env, files={} if broken else steps.written(one)
    )
    found = () if services else tuple(problems.problems(one))
    run = [] if broken else steps.steps(one)
    # Behind an install that fails, what the app misses says nothing: the repair of the install may bring it.
    failed = any(problem.fatal and problem.phase is Phase.INSTALL for problem in found)
    if not broken and not failed and not any(problem.key in TOLD for problem in found):
        run += steps.begin(one)
    return Plan(
        platform=NAME,
        builder=native.builder_name(one),
        builder_version=one.era.python if one.functions else None,
        root=one.root,
        machine=None if broken else image,
        app_dir=machine.work_path(one.root),
        steps=tuple(run),
        dormant=tuple(_dormant(one)),
        problems=found,
        notes=tuple(native.notes(one)),
        native=native.native(one, readings),
        unknown="`services` are not modelled: each is built by itself" if services else None,
        as_of=one.era.asked,
    )


def _dormant(one: Deployment) -> list[Dormant]:
    """Files that look as if they counted and do not."""
    names = [one.inside(name) for name in ("runtime.txt", "Procfile")] if one.functions else []
    found = [Dormant(path, "Vercel does not read it") for path in names if one.tree.exists(path)]
    for function in one.functions[:1]:
        winner = function.manifest.path
        found += [Dormant(path, f"{winner} wins") for path in function.manifest.passed_over]
        found += [Dormant(path, "Vercel does not read it") for path in function.manifest.ignored]
    return found


def config_of(tree: ProjectTree, root: str) -> VercelJson | None:
    """The parsed vercel.json of a folder, for those who repair it."""
    from firstpush.config import vercel_json

    source = tree.source("vercel.json" if root in ("", ".") else f"{root}/vercel.json")
    return vercel_json.read(source) if source is not None else None


__all__: list[Any] = ["NAME", "config_of", "plans"]
