"""The plan in Vercel's own terms, and what is worth saying about it.

In: a `Deployment`. Out: JSON values and sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from firstpush.platforms.vercel.deployment import Deployment, Function
from firstpush.platforms.vercel.machine import venv_path, work_path


def builder_name(one: Deployment) -> str:
    """What builds: `@vercel/python`, `@vercel/static-build`, `@vercel/python+static-build`, `@vercel/static`."""
    uses = dict.fromkeys(job.use for job in one.selection.jobs if job.use != "static")
    name = "+".join(uses) or "static"
    return name if name.startswith("@") or "/" in name else f"@vercel/{name}"


def services(one: Deployment) -> bool:
    """Whether vercel.json describes several services: those are built one by one, by rules of their own."""
    keys = ("services", "experimentalServices", "experimentalServicesV2")
    described = one.config is not None and any(one.config.entry(key) is not None for key in keys)
    return described or one.reading.slug == "services"


def native(one: Deployment, readings: int) -> dict[str, Any]:
    """Builders, functions with entry point and requirements, and the reading."""
    return {
        "framework": one.reading.slug,
        "frameworkKnown": one.reading.known,
        "frameworkWhy": one.reading.why,
        "readings": readings,
        "builders": [
            {"use": f"@vercel/{job.use}" if "/" not in job.use else job.use, "src": job.src, "framework": job.framework}
            for job in one.selection.jobs
        ],
        "functions": [_function(one, function) for function in one.functions],
        "refusal": {"code": one.selection.refusal.code, "message": one.selection.refusal.message}
        if one.selection.refusal is not None
        else None,
    }


def _function(one: Deployment, function: Function) -> dict[str, Any]:
    entry = function.entry.entry
    manifest = function.manifest
    return {
        "source": function.job.src,
        "entrypoint": entry.file if entry is not None else None,
        "variable": entry.variable if entry is not None else None,
        "djangoBase": function.entry.django_base,
        "runtime": f"python{function.python.version}",
        "manifest": manifest.path,
        "manifestKind": manifest.kind,
        "lock": manifest.lock,
        "requirements": [item.value for item in manifest.direct],
        "requirementsComplete": manifest.complete,
        "venv": venv_path(one.root),
        "workPath": work_path(one.root),
        "vendorDirectory": "_vendor",
    }


def notes(one: Deployment) -> Iterator[str]:
    """Which reading this is, and how today differs from the day that was asked for."""
    if not one.reading.known:
        yield (
            f"framework preset {one.reading.name} assumed: {one.reading.why}. Say it with --vercel-framework, or with "
            "`framework` in vercel.json"
        )
    else:
        yield f"framework preset {one.reading.name}: {one.reading.why}"
    for function in one.functions:
        if function.entry.django_base is not None:
            yield "the entry point is read from Django's settings while building (WSGI_APPLICATION, ASGI_APPLICATION)"
        elif function.entry.unknown is not None:
            yield function.entry.unknown
    if one.era.is_past:
        yield f"as Vercel built on {one.era.asked}, with @vercel/python {one.era.python}"
        concerned = _concerned(one)
        for change in one.era.changes:
            if change.fields & concerned:
                yield f"it is different today: since {change.date}, {change.sentence}"


def _concerned(one: Deployment) -> set[str]:
    """The fields of an era that matter to this deployment."""
    found: set[str] = {"default"} if one.functions else set()
    if one.preset and one.commands:
        found |= {"commands", "build", "order", "image"}
    if one.static_build is not None or one.selection.of("static-build"):
        found |= {"image", "static"}
    if any(job.src.startswith("api/") for job in one.selection.jobs) or one.selection.silent:
        found.add("api_filter")
    if one.config is not None and any("maxDuration" in rule.values for rule in one.config.functions):
        found.add("max_duration")
    if one.preset and one.config is not None and one.config.entry("rewrites") is not None:
        found.add("rewrites_change_path")
    if "entrypoint" in (one.tree.text(one.inside("pyproject.toml")) or ""):
        found.add("entrypoint_fatal")
    return found - {"image"} if one.era.managed else found
