"""What is wrong with vercel.json itself. In: a `Deployment`. Out: `PlanProblem`s with Vercel's own words.

Vercel refuses a file in two places: `vercel build` checks a part of it (and so does every local run), the server checks
all of it before a build is started. A problem says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush import facts
from firstpush.config.vercel_schema import Violation, validate
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.platforms.vercel.deployment import Deployment
from firstpush.platforms.vercel.detect import short_use


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """Syntax, schema, then what builder detection refuses."""
    config = deployment.config
    if config is None:
        return
    for problem in config.document.problems:
        yield PlanProblem(
            key="vercel-json",
            cause=Cause.CONFIG_PARSE_ERROR,
            severity=Severity.ERROR,
            message=f"{config.path} is no JSON: {problem.message}.",
            primary=Label(problem.span, problem.message),
            fatal=True,
            output=facts.table("vercel")["messages"]["bad_json"].format(path=f"/vercel/path0/{config.path}"),
            help="Vercel reads strict JSON: no comments, no trailing commas.",
        )
    if config.document.source.has_bom:
        yield PlanProblem(
            key="vercel-json",
            cause=Cause.CONFIG_PARSE_ERROR,
            severity=Severity.ERROR,
            message=f"{config.path} begins with a byte order mark, which Vercel does not take.",
            primary=Label(Span(config.path, 0, 3)),
            fatal=True,
            output=facts.table("vercel")["messages"]["bad_json"].format(path=f"/vercel/path0/{config.path}"),
            help="Save the file as UTF-8 without a byte order mark.",
            data={"encoding": "utf-8-sig"},
        )
    document_root = config.document.root
    if document_root is not None and document_root.kind != "map":
        for violation in validate(document_root, deployment.era.max_duration):
            yield _violation(violation)
    if config.root is None:
        return
    for violation in validate(config.root, deployment.era.max_duration, deployment.era.asked):
        yield _violation(violation)
    yield from _refusal(deployment)
    yield from _framework(deployment)
    yield from _builds(deployment)
    yield from _secrets(deployment)


def _violation(found: Violation) -> PlanProblem:
    server = found.where == "server"
    what = {
        "additional": f"`{found.key}` is a property that Vercel does not know here",
        "too-long": f"`{found.key}` has more than 256 characters",
    }.get(found.kind, found.message.removeprefix("Invalid vercel.json - ").rstrip("."))
    when = "the server refuses the file before any build starts" if server else "the build stops before it begins"
    where = ". `vercel build` on your machine does not notice" if server else ""
    advice = "Remove it."
    if found.suggestion:
        advice = f"Call it `{found.suggestion}`."
    elif found.kind == "too-long":
        advice = "Put the command into a script of the repository and call that."
    elif found.kind != "additional":
        advice = "Correct the value."
    return PlanProblem(
        key="vercel-server-refuses-config" if server else "vercel-invalid-config",
        cause=Cause.INVALID_SCHEMA_PROPERTY,
        severity=Severity.ERROR,
        message=f"{what}: {when}{where}.",
        primary=Label(found.span, "not allowed" if found.kind == "additional" else ""),
        fatal=True,
        output=found.message,
        help=advice,
        data={"where": found.where, "entry": found.entry_span, "property": found.key, "rename": found.suggestion},
    )


def _refusal(deployment: Deployment) -> Iterator[PlanProblem]:
    refusal = deployment.selection.refusal
    config = deployment.config
    if refusal is None or config is None:
        return
    span = refusal.span or Span(config.path, 0, 0)
    key, cause = "vercel-invalid-config", Cause.INVALID_SCHEMA_PROPERTY
    message, advice = refusal.message, "Correct it."
    if refusal.code == "unused_function":
        key, cause = "vercel-functions-pattern", Cause.FUNCTIONS_PATTERN_UNMATCHED
        message = "The pattern matches no function: without a Python preset only files under api/ are functions."
        advice = "Remove the pattern, move the file under api/, or set the framework preset."
    elif refusal.code == "invalid_function_runtime":
        message = (
            "`runtime` of a function names an npm package with a version; it is no way to choose a Python version."
        )
        advice = "Remove `runtime`; put the version into `.python-version`."
    elif refusal.code == "FUNCTIONS_AND_BUILDS":
        message = "`functions` and `builds` cannot be used together."
        advice = "Remove `builds`: without it, files under api/ and Python presets are detected."
    yield PlanProblem(
        key=key,
        cause=cause,
        severity=Severity.ERROR,
        message=message,
        primary=Label(span),
        fatal=True,
        output=f"[{refusal.code}] {refusal.message}",
        help=advice,
        data={"entry": span},
    )


def _framework(deployment: Deployment) -> Iterator[PlanProblem]:
    """A preset that does not exist."""
    slug, origin = deployment.reading.slug, deployment.reading.origin
    presets = facts.table("vercel_frameworks")["presets"]
    if slug is None or slug in presets["slugs"] or origin is None or not hasattr(origin, "span"):
        return
    yield PlanProblem(
        key="vercel-invalid-config",
        cause=Cause.INVALID_SCHEMA_PROPERTY,
        severity=Severity.ERROR,
        message=f'There is no framework preset "{slug}".',
        primary=Label(origin.span),
        fatal=True,
        help=f"The presets for Python are {', '.join(presets['python'])}; remove `framework` to let Vercel detect it.",
        data={"setting": "framework"},
    )


def _builds(deployment: Deployment) -> Iterator[PlanProblem]:
    """Items of `builds` that match no file, or name a builder that does not exist."""
    known = facts.table("vercel_frameworks")["builders"]["names"]
    config = deployment.config
    for build in config.builds if config is not None else ():
        use = build.use.value
        if use.startswith(("@vercel/", "@now/")) and short_use(use) not in known and build.use.span is not None:
            yield PlanProblem(
                key="vercel-unknown-builder",
                cause=Cause.UNKNOWN_BUILDER,
                severity=Severity.ERROR,
                message=f"There is no builder {use}: npm does not find it.",
                primary=Label(build.use.span),
                fatal=True,
                output="npm error code E404",
                help="For Python it is `@vercel/python`; remove `builds` to have the builder detected.",
            )
        old = re.fullmatch(r"@vercel/python@v?([0-3])\..*", use)
        if old is not None and build.use.span is not None:
            yield PlanProblem(
                key="vercel-unknown-builder",
                cause=Cause.UNKNOWN_BUILDER,
                severity=Severity.ERROR,
                message=f"{use} is a builder of 2022 or before: it looks for pip3.9, which the image no longer has.",
                primary=Label(build.use.span),
                phase=Phase.BUILD,
                fatal=True,
                output="Error: spawn pip3.9 ENOENT",
                help="Write `@vercel/python` without a version, or remove `builds`.",
                data={"certainty": Certainty.LIKELY},
            )
    for job in deployment.selection.unmatched:
        if job.span is None:
            continue
        alone = not deployment.selection.jobs
        yield PlanProblem(
            key="vercel-builds-match-nothing",
            cause=Cause.NO_BUILD_PLAN,
            severity=Severity.ERROR if alone else Severity.WARNING,
            message=f"`{job.src}` in `builds` matches no file: nothing is built"
            + (", and the deployment is green and empty." if alone else " for it."),
            primary=Label(job.span),
            phase=Phase.BUILD,
            output="WARNING! " + facts.table("vercel")["messages"]["no_output"] if alone else None,
            help="Name a file that exists, relative to the deployed folder.",
        )


def _secrets(deployment: Deployment) -> Iterator[PlanProblem]:
    """`"KEY": "@name"`: the server looks the secret up when the deployment is created."""
    root = deployment.config.root if deployment.config is not None else None
    tables = [root.get("env"), root.get("build", "env")] if root is not None else []
    for table in tables:
        for key, entry in table.entries.items() if table is not None else ():
            if entry.node.kind == "str" and entry.node.value.startswith("@"):
                name = entry.node.value[1:]
                yield PlanProblem(
                    key="vercel-secret-reference",
                    cause=Cause.OTHER,
                    severity=Severity.WARNING,
                    message=f"`@{name}` refers to a secret of the account; without it no build is started.",
                    primary=Label(entry.node.span),
                    output=f'Environment Variable "{key}" references Secret "{name}", which does not exist.',
                    help="Set the variable in the project's settings and remove it here.",
                    data={"entry": entry.span},
                )
