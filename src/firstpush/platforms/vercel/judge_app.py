"""What is wrong with the app as Vercel sees it. In: a `Deployment`. Out: `PlanProblem`s about entry points, files that
are published instead of run, and the Python version.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush import facts
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity, TraceStep
from firstpush.model.origin import FileOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.platforms.vercel import entry as entries
from firstpush.platforms.vercel.deployment import Deployment, Function
from firstpush.platforms.vercel.detect import uploaded
from firstpush.platforms.vercel.steps import own_install


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """In the order in which the builder meets them."""
    if deployment.selection.refusal is not None:
        return
    for function in deployment.functions:
        yield from _entry(deployment, function)
    yield from _silent(deployment)
    yield from _published(deployment)
    yield from _published_with_function(deployment)
    seen: set[tuple[str | None, str]] = set()
    for function in deployment.functions:
        key = (function.python.path, function.python.state)
        if key not in seen:
            seen.add(key)
            yield from _version(deployment, function)
    yield from _ignored_versions(deployment)


def _entry(deployment: Deployment, function: Function) -> Iterator[PlanProblem]:
    found = function.entry
    if found.entry is not None or found.unknown is not None:
        return
    if found.django_base is not None:
        yield _django(found)
        return
    # An item of `builds` is to blame where there is one, else the file that lacks the object, else the manifest.
    span = function.job.span or found.span or _somewhere(deployment, function)
    related = (Label(found.span, "has no application object"),) if function.job.span and found.span else ()
    first = found.message.partition("\n")[0]
    if found.elsewhere:
        advice = _suggest(found.elsewhere[0])
    elif found.without:
        advice = "Assign the app at the top level of the file: `app = FastAPI()`, not inside a function, `if` or `try`."
    else:
        advice = "Put the app into main.py as `app`, or name it: `[tool.vercel] entrypoint` in pyproject.toml."
    yield PlanProblem(
        key="vercel-no-entrypoint",
        cause=Cause.WRONG_ENTRYPOINT_PATH,
        severity=Severity.ERROR,
        message=f"Vercel finds no app: {first[0].lower() + first[1:] if first[:2] != 'No' else first}",
        primary=Label(span, "no top-level `app`, `application` or `handler`" if found.without else ""),
        related=related,
        trace=(TraceStep("only top-level statements count", source="vercel/vercel:packages/python-analysis"),),
        phase=Phase.BUILD,
        fatal=True,
        output=f"[{found.code}] {found.message}",
        help=advice,
        data={"suggest": [entry.file for entry in found.elsewhere], "module": _module(found.elsewhere)},
    )


def _django(found: entries.EntryResult) -> PlanProblem:
    return PlanProblem(
        key="vercel-no-entrypoint",
        cause=Cause.WRONG_ENTRYPOINT_PATH,
        severity=Severity.ERROR,
        message="Vercel reads the app from Django's settings, and they have neither WSGI_APPLICATION nor "
        "ASGI_APPLICATION.",
        primary=Label(found.span or Span("manage.py", 0, 0)),
        phase=Phase.BUILD,
        fatal=True,
        output=f"[{found.code}] {found.message}",
        help='Add `WSGI_APPLICATION = "<project>.wsgi.application"` to the settings.',
    )


def _suggest(entry: entries.Entry) -> str:
    return f'Add `[tool.vercel]` with `entrypoint = "{_module((entry,))}"` to pyproject.toml.'


def _module(found: tuple[entries.Entry, ...]) -> str:
    """The first of them as `package.module:object`."""
    if not found:
        return ""
    module = found[0].file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{module}:{found[0].variable}"


def _somewhere(deployment: Deployment, function: Function) -> Span:
    """A file to point at when no file is guilty."""
    if function.manifest.path is not None:
        return Span(function.manifest.path, 0, 0)
    if deployment.config is not None:
        return Span(deployment.config.path, 0, 0)
    return Span(deployment.root or ".", 0, 0)


def _silent(deployment: Deployment) -> Iterator[PlanProblem]:
    """api/*.py without an application object, and no function at all."""
    selection = deployment.selection
    if deployment.functions or selection.unsure is not None or deployment.reading.python:
        return
    if any(job.src.startswith("api/") for job in selection.jobs):
        return
    for name in selection.silent[:1]:
        yield PlanProblem(
            key="vercel-api-without-handler",
            cause=Cause.ASGI_HANDLER,
            severity=Severity.ERROR,
            message=f"{name} defines no `app`, `application` or `handler` at its top level: it makes no function, and "
            "the build is green without one.",
            primary=Label(Span(deployment.inside(name), 0, 0)),
            phase=Phase.BUILD,
            help="Define the app object at the top level of the file.",
        )


def _published(deployment: Deployment) -> Iterator[PlanProblem]:
    """No builder for Python: the sources are served as files."""
    selection = deployment.selection
    if deployment.functions or selection.silent or selection.unmatched:
        return
    static = selection.of("static")
    everything = any(job.src in ("**", "!{api/**,…}") for job in static) and len(static) == len(selection.jobs)
    dot = deployment.static_build is not None and (deployment.values.get("outputDirectory") or "").strip("/") == "."
    app = _app_file(deployment)
    if app is None or not (everything or dot):
        return
    because = selection.static_because
    entry = deployment.config.entry(because) if deployment.config is not None and because else None
    if entry is not None:
        message = (
            f"An empty `{because}` turns the deployment into plain files: {app} is published as text and never run."
        )
        label, advice = Label(entry.span), f"Delete `{because}`."
        data = {"setting": because}
    else:
        message = f"With the preset Other nothing runs {app}: it is published as a plain file, readable by everybody."
        label = Label(Span(deployment.inside(app), 0, 0))
        advice = (
            'Set `"framework": "fastapi"` (or flask, django, python) in vercel.json, or move the app to api/index.py.'
        )
        data = {"framework": deployment.reading.slug}
    yield PlanProblem(
        key="vercel-published-sources",
        cause=Cause.WRONG_PROVIDER,
        severity=Severity.ERROR,
        message=message,
        primary=label,
        phase=Phase.BUILD,
        help=advice,
        data=data,
    )


def _published_with_function(deployment: Deployment) -> Iterator[PlanProblem]:
    """An output directory that is the deployed folder itself: the function runs, and the sources are static files."""
    command = deployment.commands.get("outputDirectory")
    if not deployment.functions or command is None or deployment.reading.slug is not None:
        return
    # `.`, `./`: seen with the real `vercel build`; an absolute path and the empty text are other cases.
    if str(command).strip().rstrip("/") != "." or not isinstance(command.origin, FileOrigin):
        return
    sources = [name for name in uploaded(deployment.tree, deployment.root) if name.endswith(".py")]
    if deployment.static_build is None:
        # Without a command the same setting is as good as none: all but api/ is copied.
        if not any(job.src == "!{api/**,…}" for job in deployment.selection.of("static")):
            return
        sources = [name for name in sources if not name.startswith("api/")]
    if not sources:
        return
    sources.sort(key=lambda name: (name.count("/"), name))
    yield PlanProblem(
        key="vercel-published-sources",
        cause=Cause.OTHER,
        severity=Severity.WARNING,
        message=f"`outputDirectory` is the deployed folder itself: beside the function, {sources[0]} and every other "
        "file of the folder are published as static files, readable by everybody.",
        primary=Label(command.origin.span, "the whole source tree"),
        phase=Phase.BUILD,
        help="Name an existing folder that holds only what is to be public, such as `public`.",
    )


def _app_file(deployment: Deployment) -> str | None:
    """A root file that looks like the app."""
    table = facts.table("vercel")["entrypoints"]
    for folder in ("", "src", "app"):
        for name in table["names"]:
            file = f"{folder}/{name}.py" if folder else f"{name}.py"
            if entries.find_object(deployment.tree, deployment.inside(file))[0] is not None:
                return file
    return None


def _version(deployment: Deployment, function: Function) -> Iterator[PlanProblem]:
    choice = function.python
    if choice.path is None or choice.state in ("default", "taken", "unread"):
        return
    span = choice.span or Span(choice.path, 0, 0)
    available = ", ".join(row["version"] for row in facts.table("vercel")["interpreter"])
    from_file = choice.path.endswith(".python-version")
    if choice.state == "discontinued":
        severity, cause = Severity.ERROR, Cause.PYTHON_VERSION
        message = f"Python {choice.wanted} is discontinued on Vercel: the build stops."
        output = "[BUILD_UTILS_PYTHON_VERSION_DISCONTINUED] must be upgraded."
    elif choice.state == "invalid" and not from_file:
        severity, cause = Severity.ERROR, Cause.PYTHON_VERSION
        message = f'No Python of Vercel satisfies "{choice.wanted}" (there are {available}).'
        output = "is invalid and will be ignored."
    else:
        severity, cause = Severity.ERROR, Cause.PYTHON_VERSION
        message = (
            f"Python {choice.wanted} is not on Vercel's image (there are {available}): the builder says that it "
            f"ignores the request and takes {choice.version}, and then uv obeys it and fails."
        )
        output = "is not installed and will be ignored."
    custom = deployment.preset and own_install(deployment) is not None
    if custom or function.manifest.kind in ("pipfile", "pipfile-lock"):
        # With an install command of one's own uv never reads the request, and of a Pipfile nothing is passed on to it.
        severity, cause = Severity.WARNING, Cause.PYTHON_VERSION_NOT_HONOURED
        message = f"Python {choice.wanted} is not on Vercel's image (there are {available}): {choice.version} is used."
    yield PlanProblem(
        key="vercel-python-version",
        cause=cause,
        severity=severity,
        message=message,
        primary=Label(span),
        phase=Phase.SETUP,
        fatal=severity is Severity.ERROR,
        output=f'Warning: Python version "{choice.wanted}" detected in {choice.path} {output}',
        help=f"Ask for one of {available}.",
        data={"certainty": Certainty.LIKELY},
    )


def _ignored_versions(deployment: Deployment) -> Iterator[PlanProblem]:
    """Places that Vercel does not read a Python version from."""
    if not deployment.functions:
        return
    used = deployment.functions[0].python.version
    source = deployment.tree.source(deployment.inside("runtime.txt"))
    if source is not None and source.data.strip().startswith(b"python-"):
        wanted = source.data.strip().decode("ascii", "replace").removeprefix("python-")
        if not wanted.startswith(used):
            yield _ignored(Span(source.path, 0, len(source.data.rstrip())), wanted, used)
    config = deployment.config
    for build in config.builds if config is not None else ():
        runtime = build.config.get("runtime")
        node = build.node.get("config", "runtime") if build.node is not None else None
        if isinstance(runtime, str) and runtime.startswith("python") and node is not None:
            wanted = runtime.removeprefix("python")
            if wanted and wanted != used:
                yield _ignored(node.span, wanted, used)


def _ignored(span: Span, wanted: str, used: str) -> PlanProblem:
    return PlanProblem(
        key="vercel-python-version",
        cause=Cause.PYTHON_VERSION_NOT_HONOURED,
        severity=Severity.WARNING,
        message=f"Vercel does not read a Python version from here: the app runs on {used}, not on {wanted}.",
        primary=Label(span),
        phase=Phase.SETUP,
        help="Put the version into `.python-version`, or into `requires-python` of pyproject.toml.",
    )
