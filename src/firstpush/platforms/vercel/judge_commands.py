"""What is wrong with the commands. In: a `Deployment`. Out: `PlanProblem`s that need no simulation: commands that never
run, that repeat what the builder does, whose result is not deployed, that make no output directory.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush import facts
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity, TraceStep
from firstpush.model.origin import Command, FileOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.platforms.vercel.commands import Install, Simple, as_install, makes_nothing, split
from firstpush.platforms.vercel.deployment import Deployment
from firstpush.platforms.vercel.steps import own_build, own_install

NAMES = {"installCommand": "install command", "buildCommand": "build command"}
FALLBACK_OUTPUT = "public"


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """In the order in which the commands would run."""
    if deployment.selection.refusal is not None:
        return
    yield from _never_run(deployment)
    yield from _installs(deployment)
    yield from _source(deployment)
    yield from _output_directory(deployment)


def _running(deployment: Deployment) -> Iterator[tuple[str, Command, bool]]:
    """(setting, command, whether it runs in the build venv) of the user's commands that run."""
    era = deployment.era
    if deployment.preset:
        for key, command, where in (
            ("installCommand", own_install(deployment), era.commands),
            ("buildCommand", own_build(deployment), era.build),
        ):
            if command is not None and where != "never":
                yield key, command, where == "venv"
    elif deployment.static_build is not None:
        for key in ("installCommand", "buildCommand"):
            command = deployment.command(key)
            if command is not None:
                yield key, command, False


def _never_run(deployment: Deployment) -> Iterator[PlanProblem]:
    running = {id(command) for _, command, _ in _running(deployment)}
    for key in ("installCommand", "buildCommand"):
        command = deployment.command(key)
        if command is None or id(command) in running or not isinstance(command.origin, FileOrigin):
            continue
        if deployment.config is not None and deployment.config.builds:
            why = "because of `builds`, the commands of the settings do not count"
            output = facts.table("vercel")["messages"]["builds_warning"]
        elif deployment.selection.front is None:
            why = "nothing but functions and plain files is built, and functions get their packages from the manifest"
            output = None
        else:
            # The builder of a front end runs them; that is not judged here.
            continue
        yield PlanProblem(
            key="vercel-command-never-runs",
            cause=Cause.DORMANT_CONFIG,
            severity=Severity.WARNING,
            message=f"This {NAMES[key]} is never run: {why}.",
            primary=Label(command.origin.span),
            phase=Phase.INSTALL if key == "installCommand" else Phase.BUILD,
            output=output,
            help="Delete it: it changes nothing.",
            data={"setting": key, "dormant": True},
        )


def _installs(deployment: Deployment) -> Iterator[PlanProblem]:
    """Install commands that work and are not needed, or whose packages do not reach the function."""
    for key, command, in_venv in _running(deployment):
        simples = split(command.text)
        if simples is None:
            continue
        installs = [(simple, as_install(simple)) for simple in simples]
        found = [install for _, install in installs if install is not None]
        if not found:
            continue
        phase = Phase.INSTALL if key == "installCommand" else Phase.BUILD
        only = all(install is not None or _harmless(simple) for simple, install in installs)
        if in_venv:
            yield from _own_venv(simples, found, phase, key)
            yield from _redundant(deployment, command, found, phase, key, only)
        elif not deployment.preset:
            yield from _not_bundled(deployment, command, found, phase, key, only)
        for install in found:
            yield from _break_flag(install, in_venv, phase, key)


def _harmless(simple: Simple) -> bool:
    return simple.program in ("true", "echo", ":", "set", "cd")


def _redundant(
    deployment: Deployment, command: Command, found: list[Install], phase: Phase, key: str, only: bool
) -> Iterator[PlanProblem]:
    """In the build venv, an install of the manifest is what Vercel does anyway."""
    function = next(item for item in deployment.functions if item.job.framework is not None)
    manifest = function.manifest
    plain = all(install.target is False and not ({"--user", "--system"} & install.flags) for install in found)
    listed = {_normal(name) for install in found for name in install.requirements}
    named = [install for install in found if install.names and not install.upgrades_tools]
    known = {(manifest.path or "").rpartition("/")[2]}
    if manifest.path is None or not only or not plain or named or not listed or not listed <= known:
        return
    if not isinstance(command.origin, FileOrigin):
        return
    replaced = key == "installCommand"
    message = f"Vercel installs {manifest.path} by itself; this {NAMES[key]} repeats it"
    if replaced:
        message += " and switches off the optimisation that keeps large functions below the size limit"
    yield PlanProblem(
        key="vercel-redundant-install",
        cause=Cause.REDUNDANT_INSTALL,
        severity=Severity.WARNING,
        message=message + ".",
        primary=Label(command.origin.span),
        phase=phase,
        trace=(TraceStep("the Python builder runs `uv sync` on the manifest", source="vercel/vercel:packages/python"),),
        help="Delete the command.",
        data={"setting": key},
    )


def _own_venv(simples: list[Simple], found: list[Install], phase: Phase, key: str) -> Iterator[PlanProblem]:
    """A venv of one's own, or uv --system: the packages are not where the bundle is made from."""
    makes = next((simple for simple in simples if simple.words[1:3] == ("-m", "venv")), None)
    place = makes.words[3] if makes is not None and len(makes.words) > 3 else ""
    for install in found:
        elsewhere = ""
        program = install.simple.words[0]
        activated = any(
            simple.program in (".", "source")
            and len(simple.words) > 1
            and simple.words[1].startswith(place.rstrip("/") + "/")
            for simple in simples
        )
        if makes is not None and place and (activated or program.startswith(place.rstrip("/") + "/")):
            elsewhere = f"the virtual environment `{place}`, which is never part of the function"
        elif install.tool == "uv" and "--system" in install.flags and "--break-system-packages" in install.flags:
            elsewhere = "the build image's own Python, which is not part of the function"
        if elsewhere and install.simple.span is not None:
            yield PlanProblem(
                key="vercel-install-not-bundled",
                cause=Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
                severity=Severity.ERROR,
                message=f"The packages go into {elsewhere}: the build is green, and the app cannot import them.",
                primary=Label(install.simple.span, "installs here"),
                phase=phase,
                help="Delete the command: Vercel installs the manifest into the function by itself.",
                data={"setting": key},
            )


def _not_bundled(
    deployment: Deployment, command: Command, found: list[Install], phase: Phase, key: str, only: bool
) -> Iterator[PlanProblem]:
    """On the image's own Python: whatever is installed there serves the build at most."""
    overridden = all("--break-system-packages" in install.flags for install in found)
    if not deployment.functions or not overridden or not only or not isinstance(command.origin, FileOrigin):
        return
    yield PlanProblem(
        key="vercel-install-not-bundled",
        cause=Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
        severity=Severity.WARNING,
        message=f"What this {NAMES[key]} installs stays on the build machine: the functions get their packages from "
        "the manifest, without it.",
        primary=Label(command.origin.span),
        phase=phase,
        help="Delete the command.",
        data={"setting": key},
    )


def _break_flag(install: Install, in_venv: bool, phase: Phase, key: str) -> Iterator[PlanProblem]:
    span = install.simple.word_span("--break-system-packages")
    if span is None or install.tool == "uv":
        return
    if in_venv:
        message = "`--break-system-packages` does nothing here: the command runs in a virtual environment."
    else:
        message = (
            "`--break-system-packages` lets pip write into the build image's own Python, and nothing of it is deployed."
        )
    yield PlanProblem(
        key="vercel-break-flag",
        cause=Cause.REDUNDANT_INSTALL,
        severity=Severity.INFO,
        message=message,
        primary=Label(span),
        phase=phase,
        help="Delete the whole command: Vercel installs the manifest by itself.",
        data={"setting": key},
    )


def _source(deployment: Deployment) -> Iterator[PlanProblem]:
    """`source` is no command of a POSIX shell."""
    for key, command, _ in _running(deployment):
        for simple in split(command.text) or ():
            if simple.words[0] == "source" and simple.spans[0] is not None:
                yield PlanProblem(
                    key="vercel-source-under-sh",
                    cause=Cause.COMMAND_NOT_FOUND,
                    severity=Severity.WARNING,
                    message="`source` works on Vercel because its `sh` is bash; where `sh` is dash (Debian, Ubuntu, "
                    "GitHub's runners) `vercel build` says `sh: 1: source: not found`.",
                    primary=Label(simple.spans[0]),
                    phase=Phase.INSTALL if key == "installCommand" else Phase.BUILD,
                    output="sh: 1: source: not found",
                    help="Write `.` instead of `source`.",
                    data={"replace": "."},
                )


def _output_directory(deployment: Deployment) -> Iterator[PlanProblem]:
    """static-build needs a folder to publish."""
    job = deployment.static_build
    if job is None or job.framework is not None:
        return
    setting = deployment.values.get("outputDirectory")
    name = setting or FALLBACK_OUTPUT
    tree, inner = deployment.tree, deployment.inside(name.strip("/"))
    if name.strip("/") in (".", "") or tree.is_folder(inner):
        return
    commands = [command for _, command, _ in _running(deployment)]
    build = deployment.command("buildCommand")
    if build is None or tree.exists(deployment.inside("package.json")):
        return
    empty = False
    for command in commands:
        simples = split(command.text)
        if simples is None:
            return
        for simple in simples:
            # `mkdir public` alone leaves an empty folder, which is refused as well.
            made = simple.program == "mkdir" and simple.words[-1].strip("/") == name.strip("/")
            empty = empty or made
            if not made and not makes_nothing(simple):
                return
    messages = facts.table("vercel")["messages"]
    output = messages["no_out_dir"].format(name=name.rstrip("/").rpartition("/")[2])
    in_file = deployment.config is not None and deployment.config.entry("buildCommand") is not None
    output += messages["no_out_dir_file"] if in_file else messages["no_out_dir_settings"]
    # The dashboard may name an output directory that nobody sees here.
    sure = Certainty.CERTAIN if "outputDirectory" in deployment.values else Certainty.LIKELY
    code = "STATIC_BUILD_EMPTY_OUT_DIR" if empty else "STATIC_BUILD_NO_OUT_DIR"
    if empty:
        output = messages["empty_out_dir"].format(name=name.rstrip("/").rpartition("/")[2])
    span = build.text.span()
    if span is None:
        return
    yield PlanProblem(
        key="vercel-no-output-directory",
        cause=Cause.MISSING_OUTPUT_DIRECTORY,
        severity=Severity.ERROR,
        message=f"A build command makes Vercel expect a folder `{name}` to publish, and "
        + ("it stays empty." if empty else "nothing here makes one."),
        primary=Label(span),
        phase=Phase.BUILD,
        output=f"[{code}] {output}",
        help="Delete the build command: functions do not need one."
        if deployment.functions
        else "Delete the build command, or set the framework preset to the app's framework.",
        data={"setting": "buildCommand", "late": True, "certainty": sure},
    )


def _normal(name: str) -> str:
    return name.removeprefix("./")
