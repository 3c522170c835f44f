"""One service of Railway: the builder's plan with Railway's own part. In: tree, root, settings; out: a `Plan`."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, StartLayer
from firstpush.config.railway_file import RailwayFile
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity
from firstpush.model.origin import BuilderDefault, Command, FileOrigin, Located
from firstpush.model.plan import Dormant, HealthCheck, Phase, Plan, PlanProblem, ShellForm, Start, Step
from firstpush.model.text import Span
from firstpush.model.value import replace
from firstpush.platforms import Settings
from firstpush.platforms.railway import railway_file, unread_file
from firstpush.platforms.railway.builder import NIXPACKS_FILES, Choice, choose
from firstpush.platforms.railway.notices import assumptions, dormant_problems, notices
from firstpush.project.tree import ProjectTree
from firstpush.syntax.document import Node


def service(tree: ProjectTree, root: str, settings: Settings, assumed: bool, config: str) -> Plan:
    """The plan of the service whose root directory is `root`. `assumed`: nothing in the files says that it is one;
    `config`: the folder of Railway's file."""
    # Railway names a project's first environment `production`.
    file = railway_file(tree, config, settings.environment or "production")
    ended = _ended(settings) and file is not None
    unread = None if _ended(settings) else unread_file(tree, config)
    if unread is not None:
        bare = _bare(choose(tree, root, None, settings.env, settings.builder, settings.as_of), root)
        return replace(bare, port=_port(settings), unknown=unread, as_of=settings.as_of)
    read = None if ended else file
    choice = choose(tree, root, read, settings.env, settings.builder, settings.as_of)
    if read is not None and read.refused and settings.builder is None:
        plan = _bare(choice, root)
    else:
        plan = _build(tree, root, settings, read, choice)
    problems = [
        *(read.problems if read is not None else ()),
        *(_weighed(problem, assumed) for problem in plan.problems),
        *notices(tree, root, file, choice, ended),
    ]
    dormant = [*plan.dormant, *_dormant(tree, root, file, choice, ended)]
    problems += dormant_problems(dormant, choice)
    port = _port(settings)
    start = plan.start
    if start is not None:
        start = replace(start, env={**start.env, **settings.env, "PORT": str(port)})
    return replace(
        plan,
        platform="railway",
        port=port,
        start=start,
        steps=(*plan.steps, *_pre_deploy(read, plan)),
        health=_health(read, settings),
        problems=tuple(problems),
        dormant=tuple(dormant),
        notes=(f"builder {choice.name}: {choice.why}", *plan.notes, *assumptions(file, root, choice, assumed)),
        as_of=settings.as_of,
    )


def _weighed(problem: PlanProblem, assumed: bool) -> PlanProblem:
    """A missing start command, or Dockerfile, which the dashboard can name, is certain only as far as the files go."""
    if problem.key == "railway-dockerfile-missing" and assumed:
        return replace(problem, data={**problem.data, "certainty": Certainty.LIKELY})
    if problem.key != "nixpacks-no-start":
        return problem
    return replace(
        problem,
        severity=Severity.WARNING if assumed else problem.severity,
        fatal=not assumed,
        help=f"{problem.help} (or in the service's settings)",
        data={"certainty": Certainty.LIKELY},
    )


def _ended(settings: Settings) -> bool:
    return settings.as_of is not None and settings.as_of >= table("railway")["dates"]["config_files_end"]


def _port(settings: Settings) -> int:
    value = settings.env.get("PORT", "")
    return int(value) if value.isdigit() else int(table("railway")["runtime"]["port"])


def _bare(choice: Choice, root: str) -> Plan:
    return Plan(
        platform="railway",
        builder=choice.name,
        builder_version=choice.version,
        root=root,
        machine=None,
        app_dir="/app",
    )


def _build(tree: ProjectTree, root: str, settings: Settings, file: RailwayFile | None, choice: Choice) -> Plan:
    if choice.name == "nixpacks":
        from firstpush.platforms import nixpacks

        options, problems = _options(file)
        config = file.text("build.nixpacksConfigPath") if file is not None else None
        plan = nixpacks.plan(tree, root, settings.env, choice.version, options, config)
        return replace(plan, problems=(*problems, *plan.problems))
    if choice.name == "docker":
        return _docker(tree, root, file, choice)
    why = {
        "railpack": f"{choice.why}, and Railpack's plan is not modelled yet: `--builder nixpacks` plans with Nixpacks",
    }.get(choice.name, f"the builder `{choice.name}` is not modelled")
    return replace(_bare(choice, root), unknown=why)


def _command(node: Node) -> Command:
    assert node.text is not None
    return Command(node.text, FileOrigin(node.span))


def _options(file: RailwayFile | None) -> tuple[Layer | None, tuple[PlanProblem, ...]]:
    """What Railway passes to Nixpacks on its command line: the file's plan object, then its commands."""
    if file is None:
        return None, ()
    from firstpush.config import nixpacks_file
    from firstpush.platforms.nixpacks.merge import merge_all, new_phase

    layers: list[Layer] = []
    problems: tuple[PlanProblem, ...] = ()
    plan = file.node("build.nixpacksPlan")
    if plan is not None:
        found = nixpacks_file.read_plan(file.document, plan)
        problems = found.problems
        if found.layer is not None:
            layers.append(found.layer)
    phases: dict[str, PhaseLayer] = {}
    build = file.node("build.buildCommand")
    if build is not None and file.text("build.buildCommand"):
        phase = new_phase("build", FileOrigin(build.span))
        phases["build"] = replace(phase, cmds=(_command(build),))
    start = file.node("deploy.startCommand")
    chosen = StartLayer(cmd=_command(start)) if start is not None and file.text("deploy.startCommand") else None
    if phases or chosen is not None:
        layers.append(Layer(phases=phases, start=chosen))
    return (merge_all(layers) if layers else None), problems


def _docker(tree: ProjectTree, root: str, file: RailwayFile | None, choice: Choice) -> Plan:
    """A Dockerfile's build is not modelled; how Railway starts its image is."""
    from firstpush.platforms.railway import exec_form

    plan = replace(_bare(choice, root), unknown=f"{choice.why}: Dockerfile builds are not modelled yet")
    problems: list[PlanProblem] = []
    path = choice.dockerfile or "Dockerfile"
    if not tree.exists(path):
        node = file.node("build.dockerfilePath") or file.node("build.builder") if file is not None else None
        problems.append(
            PlanProblem(
                key="railway-dockerfile-missing",
                cause=Cause.DOCKERFILE_NOT_FOUND,
                severity=Severity.ERROR,
                message=f"Railway is to build {path}, which does not exist",
                primary=Label(node.span if node else Span(path, 0, 0), "no such file"),
                fatal=True,
                help="name an existing Dockerfile, or another builder",
            )
        )
        return replace(plan, problems=tuple(problems))
    node = file.node("deploy.startCommand") if file is not None and file.text("deploy.startCommand") else None
    if node is None:
        line = _procfile_web(tree, root)
        if line is not None:
            whole = line.origin.span if isinstance(line.origin, FileOrigin) else Span(path, 0, 0)
            problems += exec_form.of_procfile(line, whole)
        return replace(plan, problems=tuple(problems))
    command = _command(node)
    problems += exec_form.problems(command, node.span)
    start = Start(command=command, shell=ShellForm.EXEC, cwd="/", env={}, user="root")
    return replace(plan, problems=tuple(problems), start=start)


def _procfile_web(tree: ProjectTree, root: str) -> Command | None:
    source = tree.source("Procfile" if root == "." else f"{root}/Procfile")
    if source is None:
        return None
    from firstpush.config import procfile
    from firstpush.syntax import procfile as syntax

    return procfile.read(syntax.parse(source)).processes.get("web")


def _pre_deploy(file: RailwayFile | None, plan: Plan) -> Iterator[Step]:
    """Pre-deploy commands: between build and start, in a container of the image whose files are thrown away."""
    node = file.node("deploy.preDeployCommand") if file is not None else None
    if node is None or plan.machine is None or plan.start is None:
        return
    items = node.items if node.kind == "list" else (node,)
    for index, item in enumerate(items):
        if item.kind == "str" and item.text is not None and item.text.text.strip():
            yield Step(
                id=f"pre-deploy:{index}",
                phase=Phase.RELEASE,
                command=_command(item),
                shell=plan.start.shell,
                cwd=plan.start.cwd,
                env=plan.start.env,
                paths=plan.start.paths,
                builder_phase="preDeploy",
                label=f"pre-deploy: {item.text.text}",
            )


def _health(file: RailwayFile | None, settings: Settings) -> HealthCheck | None:
    runtime = table("railway")["runtime"]
    node = file.node("deploy.healthcheckPath") if file is not None else None
    if node is None or not str(node.value).strip():
        return None
    limit = file.node("deploy.healthcheckTimeout") if file is not None else None
    variable = settings.env.get("RAILWAY_HEALTHCHECK_TIMEOUT_SEC", "")
    if limit is not None:
        timeout = Located(float(limit.value), FileOrigin(limit.span))
    else:
        seconds = float(variable) if variable.isdigit() else float(runtime["healthcheck_timeout"])
        timeout = Located(seconds, BuilderDefault("railway", why="no healthcheckTimeout"))
    return HealthCheck(
        path=Located(str(node.value), FileOrigin(node.span)),
        timeout=timeout,
        port=None,
        status=(200,),
        host=runtime["healthcheck_host"],
    )


def _dormant(tree: ProjectTree, root: str, file: RailwayFile | None, choice: Choice, ended: bool) -> Iterator[Dormant]:
    """Files that this builder, or Railway by now, does not read."""
    prefix = "" if root == "." else root + "/"
    if ended and file is not None:
        end = table("railway")["dates"]["config_files_end"]
        yield Dormant(file.path, f"Railway reads no railway.json or railway.toml since {end}")
    if file is not None:
        folder = file.path.rpartition("/")[0]
        for name in ("railway.json", "railway.toml"):
            path = f"{folder}/{name}" if folder else name
            if path != file.path and tree.exists(path):
                yield Dormant(path, f"{file.path} is taken; keep one of the two")
    if choice.name == "nixpacks":
        return
    for name in NIXPACKS_FILES:
        if tree.exists(prefix + name):
            yield Dormant(prefix + name, f"the builder is {choice.name}, because {choice.why}; only Nixpacks reads it")
    if choice.name == "docker" and tree.exists(f"{prefix}railpack.json"):
        yield Dormant(f"{prefix}railpack.json", f"the builder is docker, because {choice.why}")
