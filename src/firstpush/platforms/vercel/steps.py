"""The commands that Vercel runs, in order. In: a `Deployment`. Out: `Step`s, and what the builder has written before.

Every command is a new `sh -c` in the project's folder: files persist, the environment does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstpush import facts
from firstpush.model.origin import BuilderDefault, Command, FileOrigin, Located, Origin
from firstpush.model.plan import Phase, ShellForm, Step
from firstpush.model.text import SpannedText
from firstpush.platforms.vercel.deployment import Deployment, Function
from firstpush.platforms.vercel.machine import venv_env, venv_path, work_path
from firstpush.syntax import toml
from firstpush.syntax.document import Node

RUNTIME = "vercel-runtime==0.23.2"


def steps(deployment: Deployment) -> list[Step]:
    """All commands of all builders, in the order in which the builders run."""
    found: list[Step] = []
    installed: set[str] = set()
    for job in deployment.selection.jobs:
        if job.use == "python":
            function = next(item for item in deployment.functions if item.job is job)
            key = function.manifest.folder
            if job.framework is not None:
                found += _preset(deployment, function)
            elif key not in installed:
                installed.add(key)
                found += _default_install(deployment, function)
        elif job.use == "static-build":
            found += _static_build(deployment, job.src) if job.zero else _legacy_static(deployment, job.src)
    return found


def own_install(deployment: Deployment) -> Command | None:
    """The command that replaces a preset's install: the setting, or a script of pyproject.toml."""
    command = deployment.command("installCommand")
    if deployment.values.get("installCommand") is None or command is not None:
        return command or script(deployment, ("vercel-install", "now-install", "install"))
    return script(deployment, ("vercel-install", "now-install", "install"))


def own_build(deployment: Deployment) -> Command | None:
    """The build command of a preset: the setting, or a script of pyproject.toml."""
    return deployment.command("buildCommand") or script(deployment, ("vercel-build", "now-build", "build"))


def script(deployment: Deployment, names: tuple[str, ...]) -> Command | None:
    """The first of these that `[tool.vercel.scripts]` defines."""
    source = deployment.tree.source(deployment.inside("pyproject.toml"))
    root = toml.parse(source).root if source is not None else None
    table = root.get("tool", "vercel", "scripts") if root is not None else None
    nodes = (table.get(name) for name in names) if table is not None else ()
    node: Node | None = next((node for node in nodes if node is not None and node.value), None)
    if node is None or node.text is None:
        return None
    return Command(node.text, FileOrigin(node.span))


def written(deployment: Deployment) -> dict[str, Mapping[str, Any]]:
    """Files that the builder writes before its own commands: the pyproject.toml of a converted manifest."""
    files: dict[str, Mapping[str, Any]] = {}
    if deployment.preset and own_install(deployment) is not None:
        return files
    for function in deployment.functions:
        manifest = function.manifest
        if manifest.kind == "pyproject" or deployment.era.default != "uv-sync":
            continue
        folder = work_path(manifest.folder) if manifest.path is not None else work_path(deployment.root)
        lines = ["[project]", 'name = "app"', 'version = "0.1.0"', f'requires-python = "~={function.python.version}.0"']
        listed = ", ".join('"' + item.value.replace("\\", "\\\\").replace('"', "'") + '"' for item in manifest.direct)
        lines.append(f"dependencies = [{listed}]")
        files[f"{folder}/pyproject.toml"] = {"text": "\n".join(lines) + "\n"}
    return files


def begin(deployment: Deployment) -> list[Step]:
    """How the function begins: Vercel's handler imports the module and takes the object. Nothing where no entry point
    is known, or where several functions have one each."""
    entries = [function.entry.entry for function in deployment.functions]
    if len(entries) != 1 or entries[0] is None or deployment.era.default != "uv-sync":
        return []
    entry = entries[0]
    module = entry.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if not all(part.isidentifier() for part in module.split(".")):
        return []  # `api/[name].py` is loaded by its path
    text = f'{venv_path(deployment.root)}/bin/python -c "from {module} import {entry.variable}"'
    return [
        Step(
            id="function:import",
            phase=Phase.START,
            command=Command(SpannedText(text), BuilderDefault("vercel-runtime", None, "the handler imports the app")),
            shell=ShellForm.SH,
            cwd=work_path(deployment.root),
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            builder_phase="function",
            label=f"the function imports {entry.variable} from {entry.file}",
        )
    ]


def _preset(deployment: Deployment, function: Function) -> list[Step]:
    """Install and build of a Python preset, in the order of the era."""
    era = deployment.era
    install: list[Step] = []
    command = own_install(deployment) if era.commands != "never" else None
    if command is not None:
        install.append(_user(deployment, "python:install", Phase.INSTALL, command, in_venv=era.commands == "venv"))
    else:
        install += _default_install(deployment, function)
    if command is not None and era.default == "uv-sync":
        install.append(_own(deployment, "python:runtime", f"uv pip install --link-mode copy {RUNTIME}", "the handler"))
    build: list[Step] = []
    command = own_build(deployment) if era.build != "never" else None
    if command is not None:
        build.append(_user(deployment, "python:build", Phase.BUILD, command, in_venv=era.build == "venv"))
    return build + install if era.order == "build-first" else install + build


def _default_install(deployment: Deployment, function: Function) -> list[Step]:
    """What the Python builder runs by itself for a manifest."""
    manifest, era = function.manifest, deployment.era
    if manifest.document is not None and manifest.document.root is None:
        return []  # the builder stops at the file itself
    folder = work_path(manifest.folder)
    why = f"{manifest.path} exists" if manifest.path else "no manifest: an empty project is made"
    if era.default != "uv-sync":
        if manifest.kind != "requirements":
            return []
        tool = (
            "uv pip install --no-compile --no-cache-dir" if era.default == "uv-target" else "pip3 install --no-compile"
        )
        return [_own(deployment, "python:install", f"{tool} --target _vendor -r {manifest.path}", why, venv=False)]
    found = []
    if manifest.lock is None:
        found.append(
            _own(deployment, "python:lock", f"uv lock --python {venv_path(deployment.root)}/bin/python", why, folder)
        )
    state = "--frozen" if manifest.lock is not None else "--locked"
    sync = f"uv sync --active --no-dev --link-mode hardlink {state} --no-editable"
    found.append(_own(deployment, "python:sync", sync, why, folder))
    found.append(_own(deployment, "python:runtime", f"uv pip install --link-mode copy {RUNTIME}", "the handler"))
    return found


def _static_build(deployment: Deployment, src: str) -> list[Step]:
    """Install and build command on the image's own Python."""
    found: list[Step] = []
    install = deployment.command("installCommand")
    target = f"{work_path(deployment.root)}/{facts.table('vercel')['image']['static_target']}"
    env: dict[str, str] = {}
    paths: tuple[Located[str], ...] = ()
    requirements = deployment.inside("requirements.txt")
    if install is not None:
        found.append(_user(deployment, "static-build:install", Phase.INSTALL, install))
    elif deployment.values.get("installCommand") is None:
        if deployment.tree.exists(requirements):
            listed = f"{work_path(deployment.root)}/requirements.txt"
            text = f"uv pip install --target {target} -r {listed}"
            if deployment.era.static == "pip":
                text = f"pip3 install --disable-pip-version-check -r {listed}"
            else:
                env = {"PYTHONPATH": target}
                paths = (
                    Located(f"{target}/bin", BuilderDefault("@vercel/static-build", None, "requirements.txt exists")),
                )
            found.append(_own(deployment, "static-build:pip", text, "requirements.txt exists", venv=False))
        if src == "package.json" and deployment.tree.exists(deployment.inside("package.json")):
            found.append(_own(deployment, "static-build:npm", "npm install", "package.json exists", venv=False))
    build = deployment.command("buildCommand")
    if build is not None:
        found.append(_user(deployment, "static-build:build", Phase.BUILD, build, env=env, paths=paths))
    elif src == "package.json":
        found.append(
            _own(deployment, "static-build:build", "npm run build", "package.json has a build script", venv=False)
        )
    return found


def _legacy_static(deployment: Deployment, src: str) -> list[Step]:
    """A script of `builds`: the builder makes it executable and runs it in its own folder."""
    if not src.endswith(".sh"):
        return []
    inner, _, name = src.rpartition("/")
    folder = work_path(deployment.inside(inner) if inner else deployment.root)
    return [
        _own(
            deployment,
            "static-build:script",
            f"chmod +x {name} && ./{name}",
            f"`builds` names {src}",
            folder,
            venv=False,
        )
    ]


def _user(
    deployment: Deployment,
    identity: str,
    phase: Phase,
    command: Command,
    *,
    in_venv: bool = False,
    env: Mapping[str, str] | None = None,
    paths: tuple[Located[str], ...] = (),
) -> Step:
    """A command of the user's."""
    if in_venv:
        origin = BuilderDefault("@vercel/python", deployment.era.python, "its build venv")
        paths = (Located(f"{venv_path(deployment.root)}/bin", origin),)
        env = venv_env(deployment.era, deployment.root)
    return Step(
        id=identity,
        phase=phase,
        command=command,
        shell=ShellForm.SH,
        cwd=work_path(deployment.root),
        env=env or {},
        paths=paths,
        builder_phase=identity.partition(":")[2],
    )


def _own(
    deployment: Deployment, identity: str, text: str, why: str, cwd: str | None = None, *, venv: bool = True
) -> Step:
    """A command of the builder's own."""
    builder = "@vercel/static-build" if identity.startswith("static") else "@vercel/python"
    version = None if identity.startswith("static") else deployment.era.python
    origin: Origin = BuilderDefault(builder, version, why)
    in_venv = venv and deployment.era.default == "uv-sync"
    folder = f"{venv_path(deployment.root)}/bin"
    return Step(
        id=identity,
        phase=Phase.BUILD if identity.endswith((":build", ":script")) else Phase.INSTALL,
        command=Command(SpannedText(text), origin),
        shell=ShellForm.SH,
        cwd=cwd or work_path(deployment.root),
        env=venv_env(deployment.era, deployment.root) if in_venv else {},
        paths=(Located(folder, origin),) if in_venv else (),
        builder_phase=identity.partition(":")[2],
        label=text,
    )
