"""What is wrong or surprising in a Nixpacks plan although Nixpacks says nothing. In: `Generated`; out: problems."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.config.nixpacks_layer import PhaseLayer, Piece
from firstpush.config.python_version import major_minor
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity, TraceStep
from firstpush.model.origin import BuilderDefault, FileOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.platforms.nixpacks import detect, dockerfile_text, nix, python
from firstpush.platforms.nixpacks.generate import Generated
from firstpush.platforms.nixpacks.view import View


def label(view: View, item: Piece, text: str = "") -> Label:
    """The place of a text, or the file that is nearest to it."""
    span = item.text.span()
    if isinstance(item.origin, FileOrigin):
        return Label(span or item.origin.span, text)
    return Label(view.label("").span, text)


def problems(found: Generated, phases: list[PhaseLayer]) -> Iterator[PlanProblem]:
    """Everything below, in the order in which the user would meet it."""
    yield from _provider(found)
    overlays = any(phase.nix_overlays for phase in phases)
    yield from nix.problems(nix.groups(phases), found.view.label(found.file or ""), overlays)
    yield from _apt(phases, found.view)
    yield from _path_variable(found)
    yield from _start_phase(found, phases)
    yield from dockerfile_text.problems(found.layer, phases, found.view.label(found.file or "").span)
    yield from _no_build(found)
    default_install = next((phase for phase in phases if phase.name == "install" and phase.cmds), None)
    if default_install is not None and default_install.cmds:
        first = default_install.cmds[0]
        only = default_install.only_include_files
        if isinstance(first.origin, BuilderDefault) and only and isinstance(only[0].origin, BuilderDefault):
            problem = python.only_pyproject(found.view)
            if problem is not None:
                yield problem
    yield from _process_type(found)
    yield from _release(phases, found.view)
    yield from _cached_venv(phases, found.view)


def keep(found: Generated, problem: PlanProblem) -> bool:
    """Whether a problem of the provider still matters once nixPkgs are replaced."""
    if not problem.key.startswith("nixpacks-python-"):
        return True
    setup = found.layer.phases.get("setup") or found.layer.phases.get("python:setup")
    return any(
        isinstance(item.origin, BuilderDefault) and nix.PYTHON.fullmatch(item.text.text)
        for item in (setup.nix_pkgs or () if setup else ())
    )


def _provider(found: Generated) -> Iterator[PlanProblem]:
    """A Python app that another provider takes."""
    view = found.view
    if "python" in found.providers or not found.providers or not python.detected(view):
        return
    if found.detected is None or found.detected[0] not in found.providers:
        return
    name, why = found.detected
    evidence = next(file for file in python.DETECTED_BY if view.has(file))
    guilty = why.removesuffix(" exists").rstrip("/")
    yield PlanProblem(
        key="nixpacks-other-provider",
        cause=Cause.WRONG_PROVIDER,
        severity=Severity.WARNING,
        message=f"Nixpacks takes this for a {name} app, because {why}; {evidence} does not count",
        primary=Label(view.label(guilty).span if view.has(guilty) else view.label(evidence).span, "decides"),
        trace=(
            TraceStep(f"Nixpacks asks its providers in a fixed order, {name} before python"),
            TraceStep(f"{why}, so the {name} provider is taken and no other is asked"),
            TraceStep("no Python is installed and no requirements are"),
        ),
        phase=Phase.SETUP,
        help='add `providers = ["python"]` (or ["' + name + '", "python"]) to nixpacks.toml, or set the root directory',
        data={"provider": name, "evidence": evidence},
    )


def _apt(phases: list[PhaseLayer], view: View) -> Iterator[PlanProblem]:
    """Names that the image's Ubuntu has no package for."""
    missing = table("nixpkgs")["apt"]["missing"]
    for phase in phases:
        for item in phase.apt_pkgs or ():
            instead = missing.get(item.text.text)
            if instead is None or item.text.text in ("source", "checked"):
                continue
            yield PlanProblem(
                key="apt-package-missing",
                cause=Cause.APT_PACKAGE_MISSING,
                severity=Severity.ERROR,
                message=f"Ubuntu 24.04, which Nixpacks builds on, has no package `{item}`",
                primary=label(view, item, f"take `{instead}`" if instead else "no such package"),
                phase=Phase.SETUP,
                fatal=True,
                output=f"E: Package '{item}' has no installation candidate",
                help=f"write `{instead}`" if instead else f"remove `{item}`",
                data={"certainty": Certainty.LIKELY},
            )


def _path_variable(found: Generated) -> Iterator[PlanProblem]:
    item = (found.layer.variables or {}).get("PATH")
    if item is None:
        return
    folders = item.text.text.split(":")
    enough = "/usr/bin" in folders and ("/bin" in folders or "/usr/local/bin" in folders)
    yield PlanProblem(
        key="nixpacks-path-variable",
        cause=Cause.COMMAND_NOT_FOUND,
        severity=Severity.WARNING if enough else Severity.ERROR,
        message=f"the variable PATH replaces the image's PATH by the literal text `{item}`; `$PATH` is not expanded",
        primary=label(found.view, item, "becomes the whole PATH"),
        phase=Phase.SETUP,
        help="remove it; to add a folder, use `paths` of a phase",
        # The login shell adds Nix's and the phases' folders again: a build that needs no more can live with it.
        data={"certainty": Certainty.LIKELY},
    )


def _start_phase(found: Generated, phases: list[PhaseLayer]) -> Iterator[PlanProblem]:
    for phase in phases:
        if phase.name != "start" or not phase.cmds:
            continue
        yield PlanProblem(
            key="nixpacks-phases-start",
            cause=Cause.OTHER,
            severity=Severity.ERROR,
            message="`[phases.start]` is a phase of the build: this command runs while the image is built",
            primary=label(found.view, phase.cmds[0], "runs in the build"),
            trace=(
                TraceStep("every table below `phases` is a build phase, whatever its name"),
                TraceStep("it depends on no other phase, so it runs in the first batch, before `install`"),
            ),
            phase=Phase.BUILD,
            fatal=True,
            help="move the command to `[start] cmd`",
        )


def _no_build(found: Generated) -> Iterator[PlanProblem]:
    view, layer = found.view, found.layer
    if not layer.phases:
        near = next((path for path in view.files("requirements.txt", "pyproject.toml", "main.py")), None)
        where = f"; {view.path(near)} is deeper" if near else ""
        yield PlanProblem(
            key="nixpacks-no-plan",
            cause=Cause.NO_BUILD_PLAN,
            severity=Severity.ERROR,
            message=f"Nixpacks finds no app in `{view.root or '.'}`: it looks for "
            f"{', '.join(python.DETECTED_BY)} there{where}",
            primary=view.label(near or next(view.files(".py"), "") or next(view.files(""), "")),
            fatal=True,
            output=(
                "Nixpacks was unable to generate a build plan for this app.\n"
                "Please check the documentation for supported languages: https://nixpacks.com"
            ),
            help=f"set the root directory to {near.rsplit('/', 1)[0]}" if near and "/" in near else "",
        )
    elif layer.start is None or layer.start.cmd is None:
        yield PlanProblem(
            key="nixpacks-no-start",
            cause=Cause.NO_START_COMMAND,
            severity=Severity.ERROR,
            message="nothing says how to start the app: no start command, no Procfile, no main.py",
            primary=view.label(found.file.removeprefix(f"{view.root}/") if found.file else _evidence(view)),
            phase=Phase.CONFIG,
            fatal=True,
            output="Error: No start command could be found",
            help="set `[start] cmd` in nixpacks.toml, or `web:` in a Procfile",
        )


def _evidence(view: View) -> str:
    return next((name for name in python.DETECTED_BY if view.has(name)), "")


def _process_type(found: Generated) -> Iterator[PlanProblem]:
    """A Procfile without `web` and `worker` whose first process by name is started."""
    processes = found.processes
    command = found.layer.start.cmd if found.layer.start is not None else None
    chosen = next((name for name, value in processes.items() if value is command), None)
    others = sorted(name for name in processes if name not in ("release", chosen))
    if chosen in (None, "web", "worker") or not others:
        return
    yield PlanProblem(
        key="nixpacks-process-type",
        cause=Cause.WRONG_PROCESS_TYPE,
        severity=Severity.WARNING,
        message=f"the Procfile has no `web`: Nixpacks starts `{chosen}`, the first by name, and not {_listed(others)}",
        primary=label(found.view, processes[chosen], "is started"),
        phase=Phase.START,
        help="name the process that serves requests `web`",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _release(phases: list[PhaseLayer], view: View) -> Iterator[PlanProblem]:
    for phase in phases:
        command = phase.cmds[-1] if phase.name == "release" and phase.cmds else None
        if command is None or not isinstance(command.origin, FileOrigin):
            continue
        text = command.text.text
        if any(word in text for word in ("migrate", "alembic", "upgrade", "createsuperuser", "db ", "loaddata")):
            yield PlanProblem(
                key="nixpacks-release-in-build",
                cause=Cause.BUILD_TIME_DATABASE,
                severity=Severity.WARNING,
                message="Nixpacks runs the `release` process while it builds the image, where no database is reachable",
                primary=label(view, command, "runs in the build"),
                phase=Phase.RELEASE,
                help="use preDeployCommand (Railway), or run it in the start command",
            )


def _cached_venv(phases: list[PhaseLayer], view: View) -> Iterator[PlanProblem]:
    for phase in phases:
        for item in phase.cache_directories or ():
            name = item.text.text.rstrip("/")
            if name == "/opt/venv" or "/opt/venv".startswith(name + "/"):
                yield PlanProblem(
                    key="nixpacks-cached-venv",
                    cause=Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
                    severity=Severity.ERROR,
                    message=f"`{name}` is a cache directory: what the build puts there is not in the image",
                    primary=label(view, item, "not in the image"),
                    phase=Phase.START,
                    help="remove it from cacheDirectories",
                )


def version_file_ignored(found: Generated) -> Iterator[PlanProblem]:
    """A version file that says another Python than the user's own nixPkgs."""
    view = found.view
    setup = found.layer.phases.get("setup")
    for item in setup.nix_pkgs or () if setup else ():
        attribute = nix.Attribute(
            item.text.text,
            setup.nixpkgs_archive.text.text if setup and setup.nixpkgs_archive else "",
            item.origin,
            None,
        )
        chosen = nix.resolve_python(attribute)
        if chosen is None or isinstance(item.origin, BuilderDefault):
            continue
        for name in (".python-version", "runtime.txt"):
            numbers = major_minor(view.read_or_empty(name)) if view.has(name) else None
            if numbers and numbers[1] and ".".join(numbers) != ".".join(chosen.version.split(".")[:2]):
                yield PlanProblem(
                    key="nixpacks-version-file-loses",
                    cause=Cause.PYTHON_VERSION_NOT_HONOURED,
                    severity=Severity.WARNING,
                    message=f"{name} asks for Python {'.'.join(numbers)}, but nixPkgs takes {chosen.version}",
                    primary=label(view, item, f"Python {chosen.version}"),
                    related=(view.label(name, "has no effect"),),
                    phase=Phase.SETUP,
                    help=f"remove `{item}` from nixPkgs",
                )


def detections(view: View) -> list[str]:
    """Names of all providers that recognise the folder."""
    return [name for name, _ in detect.detections(view)]
