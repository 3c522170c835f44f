"""What is wrong with the dependencies as Vercel's default install reads them. In: a `Deployment`. Out: `PlanProblem`s.

The builder turns every manifest into a pyproject.toml and runs `uv lock` and `uv sync` on it: what pip takes may fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from firstpush import facts
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity, TraceStep
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.packages.names import modules_of
from firstpush.platforms.vercel.deployment import Deployment, Function
from firstpush.platforms.vercel.imports import imported
from firstpush.platforms.vercel.layout import package_problem
from firstpush.platforms.vercel.manifest import Manifest, logical_lines, name_of
from firstpush.platforms.vercel.steps import own_install
from firstpush.project.tree import ProjectTree
from firstpush.syntax import toml
from firstpush.syntax.document import Node


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """Every manifest that the default install reads."""
    if deployment.selection.refusal is not None or deployment.era.default != "uv-sync":
        return
    custom = deployment.preset and own_install(deployment) is not None and deployment.era.commands != "never"
    seen: set[str] = set()
    for function in deployment.functions:
        manifest = function.manifest
        if manifest.folder in seen:
            continue
        seen.add(manifest.folder)
        # The manifest is parsed even when an install command replaces the install itself.
        yield from _unreadable(deployment.tree, manifest)
        if custom:
            continue
        if manifest.kind == "pyproject":
            yield from _pyproject(deployment, manifest)
            yield from _lock(deployment, function)
        yield from _nothing_installed(deployment, function)


def _unreadable(tree: ProjectTree, manifest: Manifest) -> Iterator[PlanProblem]:
    if manifest.kind == "requirements" and manifest.path is not None:
        yield from _requirement_lines(tree, manifest.path)
        yield from _pinned_twice(manifest)
    elif manifest.document is not None:
        for problem in manifest.document.problems:
            yield PlanProblem(
                key="vercel-toml",
                cause=Cause.CONFIG_PARSE_ERROR,
                severity=Severity.ERROR,
                message=f"{manifest.path} is no TOML: {problem.message}.",
                primary=Label(problem.span, problem.message),
                phase=Phase.INSTALL,
                fatal=True,
                output=f'[PYTHON_CONFIG_PARSE_ERROR] Could not parse config file "/vercel/path0/{manifest.path}"',
            )


def _requirement_lines(tree: ProjectTree, path: str) -> Iterator[PlanProblem]:
    """Lines that pip takes and Vercel does not."""
    yield from _encoding(tree, path)
    text = tree.text(path)
    for line, span in logical_lines(text or "", path):
        option = re.split(r"[\s=]", line)[0]
        start = span.start
        if re.match(r"(?:-r|-c|--requirements?|--constraints?)\b|-[rc]\S", line):
            flag = "-c" if line.startswith(("-c", "--c")) else "-r"
            message = f"Vercel does not follow `{flag}` inside a requirements file: the build stops here."
            output = (
                f"could not parse {path}: Error parsing included file in `/vercel/path0/{path}` at position {start}"
            )
            advice = "Write the requirements of the other file here, or use a pyproject.toml."
            data = {"include": line}
        elif (
            line.startswith("-")
            and option not in facts.table("vercel")["requirements"]["options"]
            and not line.startswith(("-e", "-c", "-i", "-f"))
        ):
            message = f"Vercel's requirements parser does not know `{option}`."
            output = f"could not parse {path}: Unexpected '-', expected '-c', '-e', '-r' or the start of a requirement"
            output += f" at /vercel/path0/{path}:{(text or '')[:start].count(chr(10)) + 1}:1"
            advice = "Remove the line."
            data = {"line": line}
        elif re.match(r"-e\s*\.|--editable[ =]\s*\.", line):
            message = (
                "`-e .` cannot work here: Vercel turns this file into a project named `app`, and installing the folder "
                "into itself gives a package of another name."
            )
            output = "Package metadata name `app` does not match given name"
            advice = "Remove the line: the app's own files are part of the function anyway."
            data = {"line": line}
        elif re.match(r"[A-Za-z0-9._-]+\s*=\s*[^=\s]", line):
            message = f"`{line}` is no requirement: the operator is `==`."
            output = f"could not parse {path}: Couldn't parse requirement in `/vercel/path0/{path}` at position {start}"
            advice = "Write `==`."
            data = {"line": line}
        else:
            continue
        yield PlanProblem(
            key="vercel-requirements",
            cause=Cause.INVALID_REQUIREMENT,
            severity=Severity.ERROR,
            message=message,
            primary=Label(span),
            phase=Phase.INSTALL,
            fatal=True,
            output=f"[PYTHON_REQUIREMENTS_PARSE_ERROR] {output}",
            help=advice,
            data=data,
        )


def _encoding(tree: ProjectTree, path: str) -> Iterator[PlanProblem]:
    """pip reads a byte order mark and UTF-16; Vercel reads plain UTF-8."""
    source = tree.source(path)
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    name = next((name for mark, name in marks.items() if source is not None and source.data.startswith(mark)), None)
    if name is None:
        return
    what = "begins with a byte order mark" if name == "utf-8-sig" else "is written in UTF-16"
    yield PlanProblem(
        key="vercel-requirements",
        cause=Cause.INVALID_REQUIREMENT,
        severity=Severity.ERROR,
        message=f"{path} {what}: pip reads it, Vercel does not.",
        primary=Label(Span(path, 0, 2 if name == "utf-16" else 3)),
        phase=Phase.INSTALL,
        fatal=True,
        output=f"[PYTHON_REQUIREMENTS_PARSE_ERROR] could not parse {path}: Unexpected "
        f"'{chr(0xFEFF) if name == 'utf-8-sig' else chr(0xFFFD)}', expected '-c', '-e', '-r' or the start of a "
        f"requirement at /vercel/path0/{path}:1:1",
        help="Save the file as UTF-8 without a byte order mark.",
        data={"encoding": name},
    )


def _pinned_twice(manifest: Manifest) -> Iterator[PlanProblem]:
    """The same distribution at two versions."""
    first: dict[str, tuple[str, Span | None]] = {}
    for item in manifest.direct:
        found = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*==\s*([\w.+!-]+)", item.value)
        name = name_of(item.value)
        if found is None or name is None or item.span is None:
            continue
        version, span = first.setdefault(name, (found[2], item.span))
        if version != found[2] and span is not None:
            yield PlanProblem(
                key="vercel-conflict",
                cause=Cause.DEPENDENCY_CONFLICT,
                severity=Severity.ERROR,
                message=f"{name} is asked for at {version} and at {found[2]}: uv finds no solution.",
                primary=Label(item.span),
                related=(Label(span, "asked for here as well"),),
                phase=Phase.INSTALL,
                fatal=True,
                help="Keep one of the two.",
            )


def _pyproject(deployment: Deployment, manifest: Manifest) -> Iterator[PlanProblem]:
    root = manifest.root_node
    if root is None or manifest.path is None:
        return
    if root.get("project") is None and root.get("tool", "uv", "workspace") is None:
        others = [path for path in manifest.passed_over if "requirements" in path or "Pipfile" in path]
        extra = f" {others[0]} beside it is not read." if others else ""
        message = facts.table("vercel")["messages"]["no_project_table"]
        yield PlanProblem(
            key="vercel-no-project-table",
            cause=Cause.PYPROJECT_NO_PROJECT_TABLE,
            severity=Severity.ERROR,
            message=f"Vercel takes {manifest.path} for the manifest, and it has no [project] table.{extra}",
            primary=Label(Span(manifest.path, 0, 0), "wins over every other manifest"),
            related=tuple(Label(Span(path, 0, 0), "not read") for path in others[:1]),
            phase=Phase.INSTALL,
            fatal=True,
            output="error: " + message.format(path=f"/vercel/path0/{manifest.path}"),
            help="Add a [project] table with the dependencies, or keep the tools' settings in their own files.",
            data={"requirements": others[:1]},
        )
        return
    yield from _incomplete(manifest, root)
    found = package_problem(deployment.tree, manifest.folder, root)
    if found is not None:
        node = root.get("build-system")
        yield PlanProblem(
            key="vercel-project-cannot-be-built",
            cause=Cause.PACKAGE_DISCOVERY,
            severity=Severity.ERROR,
            message=f"[build-system] makes uv build the project itself, and that fails: {found.why}.",
            primary=Label(node.span if node is not None else Span(manifest.path, 0, 0), "makes it a package"),
            trace=(TraceStep("`uv sync` installs the project when pyproject.toml has a [build-system]"),),
            phase=Phase.INSTALL,
            fatal=True,
            output=found.output,
            help="Delete [build-system]: an app that is deployed is not a package.",
            data={"delete": node.span if node is not None else None},
        )


def _incomplete(manifest: Manifest, root: Node) -> Iterator[PlanProblem]:
    """A [project] table needs a name and a version."""
    project = root.get("project")
    dynamic = root.get("project", "dynamic")
    if project is None or project.kind != "map" or manifest.path is None:
        return
    named = dynamic.value if dynamic is not None and dynamic.kind == "list" else []
    for key in ("name", "version"):
        if key not in project.entries and key not in named:
            yield PlanProblem(
                key="vercel-no-project-table",
                cause=Cause.PYPROJECT_NO_PROJECT_TABLE,
                severity=Severity.ERROR,
                message=f"[project] in {manifest.path} has no `{key}`: uv does not take it.",
                primary=Label(project.span, f"no `{key}`"),
                phase=Phase.INSTALL,
                fatal=True,
                output=f"the required `project.{key}` field is neither set nor present in the `project.dynamic` list",
                help=f'Add `{key} = "{"app" if key == "name" else "0.1.0"}"`.',
                data={"missing": key},
            )


def _lock(deployment: Deployment, function: Function) -> Iterator[PlanProblem]:
    """A uv.lock that lacks the project or one of its requirements."""
    manifest = function.manifest
    if manifest.lock is None or not manifest.lock.endswith("uv.lock") or manifest.root_node is None:
        return
    source = deployment.tree.source(manifest.lock)
    lock = toml.parse(source).root if source is not None else None
    packages = lock.get("package") if lock is not None else None
    if packages is None or packages.kind != "list":
        return
    names = {name_of(str(item.value.get("name", ""))) for item in packages.items if isinstance(item.value, dict)}
    project = manifest.root_node.get("project", "name")
    if project is not None and name_of(str(project.value)) not in names:
        yield _stale(
            f"`{project.value}` is not in {manifest.lock}: uv refuses the lock file.",
            Label(project.span),
            fatal=True,
            output="error: The lockfile at `uv.lock` needs to be updated, but `--frozen` was provided",
            data={"certainty": Certainty.CERTAIN},
        )
        return
    needed: dict[str, Span] = {}
    if function.entry.entry is not None:
        path = deployment.inside(function.entry.entry.file)
        for module, span in imported(deployment.tree, deployment.root, path, follow=True):
            needed.setdefault(module, span)
    for item in manifest.direct:
        name = name_of(item.value)
        if name is None or name in names or ";" in item.value or item.span is None:
            continue
        use = next((needed[module] for module in modules_of(name) if module in needed), None)
        missing = f"`{name}` is not in {manifest.lock}: `uv sync --frozen` installs what the lock file says, without it"
        yield _stale(
            f"{missing}, and the function cannot import it." if use is not None else f"{missing}.",
            Label(item.span),
            # A requirement that nothing imports is missed by nobody: the deployment works.
            severity=Severity.ERROR if use is not None else Severity.WARNING,
            phase=Phase.START if use is not None else Phase.INSTALL,
            related=(Label(use, "imported here"),) if use is not None else (),
            data={"certainty": Certainty.LIKELY},
        )


def _stale(
    message: str,
    primary: Label,
    *,
    severity: Severity = Severity.ERROR,
    phase: Phase = Phase.INSTALL,
    related: tuple[Label, ...] = (),
    fatal: bool = False,
    output: str | None = None,
    data: Mapping[str, object],
) -> PlanProblem:
    return PlanProblem(
        key="vercel-stale-lock",
        cause=Cause.LOCKFILE_OUT_OF_SYNC,
        severity=severity,
        message=message,
        primary=primary,
        related=related,
        phase=phase,
        fatal=fatal,
        output=output,
        help="Run `uv lock` and commit the lock file, or delete it.",
        data=data,
    )


def _nothing_installed(deployment: Deployment, function: Function) -> Iterator[PlanProblem]:
    """No dependency at all, and an app that imports some."""
    manifest = function.manifest
    if manifest.direct or not manifest.complete or function.entry.entry is None or manifest.lock is not None:
        return
    root = manifest.root_node
    if manifest.kind == "pyproject" and (
        root is None or root.get("project") is None or root.get("project", "dynamic") is not None
    ):
        return
    path = deployment.inside(function.entry.entry.file)
    missing = next(imported(deployment.tree, deployment.root, path), None)
    if missing is None:
        return
    name, span = missing
    if manifest.path is None:
        unread = ", ".join(manifest.ignored[:2])
        reason = f"{unread} is not read by Vercel" if unread else "there is no manifest"
    else:
        reason = f"{manifest.path} names no dependency"
    yield PlanProblem(
        key="vercel-nothing-installed",
        cause=Cause.MODULE_NOT_FOUND_AT_START,
        severity=Severity.ERROR,
        message=f"Nothing is installed, because {reason}: the build is green, and `import {name}` fails when the "
        "function starts.",
        primary=Label(span, "cannot be imported"),
        related=tuple(Label(Span(item, 0, 0), "not read by Vercel") for item in manifest.ignored[:1]),
        phase=Phase.START,
        output=facts.table("vercel")["messages"]["no_manifest"] if manifest.path is None else None,
        help="List the dependencies in requirements.txt, or in [project] of pyproject.toml.",
    )
