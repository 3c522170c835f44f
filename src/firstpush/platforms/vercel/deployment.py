"""One deployment under one reading, with everything that the plan and its judges need.

In: the project tree, a root, a `Reading`, an `Era`. Out: a `Deployment`: effective settings, builders, functions.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstpush import facts
from firstpush.config.vercel_json import OVERRIDES, DashboardSettings, VercelJson
from firstpush.model.origin import Command, FileOrigin
from firstpush.model.value import dataclass
from firstpush.platforms.vercel import entry as entries
from firstpush.platforms.vercel.detect import Job, Selection, select, short_use
from firstpush.platforms.vercel.era import Era
from firstpush.platforms.vercel.manifest import Manifest, discover
from firstpush.platforms.vercel.reading import Reading
from firstpush.platforms.vercel.version import PythonChoice, choose
from firstpush.project.tree import ProjectTree


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the Python builder makes. `folder`: of its entry point (relative to the checked folder)."""

    job: Job
    entry: entries.EntryResult
    folder: str
    manifest: Manifest
    python: PythonChoice


@dataclass(frozen=True, slots=True)
class Deployment:
    """`values`: settings in force, a missing key is not set, None is null; `commands`: those that hold a command."""

    tree: ProjectTree
    root: str
    config: VercelJson | None
    reading: Reading
    era: Era
    values: Mapping[str, str | None]
    commands: Mapping[str, Command]
    selection: Selection
    functions: tuple[Function, ...]

    @property
    def preset(self) -> bool:
        """Whether a Python preset's builder makes the app."""
        return any(function.job.framework is not None for function in self.functions)

    @property
    def static_build(self) -> Job | None:
        """The builder of the front end that runs the user's commands on the image's own Python."""
        front = self.selection.front
        return front if front is not None and front.use == "static-build" else None

    def command(self, key: str) -> Command | None:
        """The command of a setting, when there is something to run."""
        command = self.commands.get(key)
        return command if command is not None and str(command).strip() else None

    def inside(self, name: str) -> str:
        """A path of the deployed folder as a path of the checked folder."""
        return name if self.root in ("", ".") else f"{self.root}/{name}"


def make(
    tree: ProjectTree,
    root: str,
    config: VercelJson | None,
    dashboard: DashboardSettings | None,
    reading: Reading,
    era: Era,
) -> Deployment:
    """Put a deployment together."""
    values, commands = _settings(config, dashboard)
    selection = select(tree, root, config, reading.slug, values, api_filter=era.api_filter)
    functions = tuple(_function(tree, root, job, era) for job in selection.jobs if job.use == "python")
    return Deployment(tree, root, config, reading, era, values, commands, selection, functions)


def _settings(
    config: VercelJson | None, dashboard: DashboardSettings | None
) -> tuple[dict[str, str | None], dict[str, Command]]:
    """vercel.json beats the dashboard, null included."""
    values: dict[str, str | None] = {}
    commands: dict[str, Command] = {}
    for key in OVERRIDES:
        node = dashboard.nodes.get(key) if dashboard is not None else None
        if node is not None and node.kind == "str" and node.text is not None:
            values[key] = node.value
            commands[key] = Command(node.text, FileOrigin(node.span))
        setting = config.settings.get(key) if config is not None else None
        if setting is not None:
            values[key] = setting.value
            commands.pop(key, None)
            if setting.command is not None:
                commands[key] = setting.command
    return values, commands


def _function(tree: ProjectTree, root: str, job: Job, era: Era) -> Function:
    if job.src == "<detect>":
        entry = entries.detect(tree, root, job.framework or "python", fatal_setting=era.entrypoint_fatal)
        inner = entry.django_base or ""
    else:
        entry = entries.configured(tree, root, job.src)
        inner = job.src.rpartition("/")[0]
    folder = "/".join(part for part in ("" if root == "." else root, inner) if part)
    manifest = discover(tree, folder)
    return Function(job, entry, folder, manifest, choose(tree, manifest, folder))


def is_python(deployment: Deployment) -> bool:
    """Whether Python has any part in the deployment: a front end without it is none of our business."""
    if deployment.functions or deployment.selection.silent:
        return True
    if any(deployment.tree.below(deployment.inside("api"), ".py")):
        return True
    words = ("pip", "python", "uv ", "uvx", "poetry", "pipenv")
    if any(word in str(command) for command in deployment.commands.values() for word in words):
        return True
    builds = deployment.config.builds if deployment.config is not None else ()
    if any(short_use(build.use.value) == "python" for build in builds):
        return True
    names = facts.table("vercel")["entrypoints"]["names"]
    app = any(deployment.tree.exists(deployment.inside(f"{name}.py")) for name in names)
    return app or any(job.src.endswith(".sh") for job in deployment.selection.of("static-build"))
