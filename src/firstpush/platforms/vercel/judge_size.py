"""Is the function too large? In: a `Deployment`. Out: `PlanProblem`s, only where that is certain enough.

More than 225 MB are moved out of the function and installed when it starts (up to 500 MB in all), but only when Vercel
did the install itself: with an install command of one's own the build stops.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush import facts
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity
from firstpush.model.origin import FileOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.platforms.vercel.deployment import Deployment
from firstpush.platforms.vercel.detect import uploaded
from firstpush.platforms.vercel.manifest import name_of
from firstpush.platforms.vercel.steps import own_install

MEBIBYTE = 1024 * 1024


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """The project's own files, and the dependencies that alone pass a limit."""
    if deployment.selection.refusal is not None or not deployment.functions:
        return
    limits = facts.table("vercel")["sizes"]
    command = own_install(deployment) if deployment.preset else None
    limit = limits["standard"] if command is not None else limits["runtime_install"]
    excluded = set(facts.table("vercel")["bundle"]["excluded"])
    files = [name for name in uploaded(deployment.tree, deployment.root) if excluded.isdisjoint(name.split("/"))]
    sizes = {name: deployment.tree.size(deployment.inside(name)) for name in files}
    own = sum(sizes.values())
    if own > limits["standard"]:
        largest = max(sizes, key=lambda name: sizes[name])
        yield _too_large(
            own,
            limits["standard"],
            f"The project's own files are {own // MEBIBYTE} MB, the largest is {largest}.",
            Label(Span(deployment.inside(largest), 0, 0)),
            "Leave large files out of the function: `functions.*.excludeFiles`, .vercelignore, or a storage service.",
        )
    heavy = {row["name"]: row["mb"] * MEBIBYTE for row in facts.table("vercel")["heavy"]}
    brought_by = {row["name"]: row.get("why", "").partition("depends on ")[2] for row in facts.table("vercel")["heavy"]}
    for function in deployment.functions[:1]:
        text = deployment.tree.text(function.manifest.path or "") or ""
        if "whl/cpu" in text or "+cpu" in text:
            # The CPU builds of torch come from an index of their own and are much smaller.
            continue
        named = {name_of(item.value) for item in function.manifest.direct}
        for item in function.manifest.direct:
            if brought_by.get(name_of(item.value) or "") in named:
                continue  # it is large by what is told already
            size = heavy.get(name_of(item.value) or "", 0)
            if size > limit and item.span is not None and "@" not in item.value:
                related: tuple[Label, ...] = ()
                if command is not None and isinstance(command.origin, FileOrigin):
                    related = (Label(command.origin.span, "an install command of one's own lowers the limit"),)
                yield _too_large(
                    size,
                    limit,
                    f"{name_of(item.value)} alone unpacks to more than {size // MEBIBYTE} MB.",
                    Label(item.span),
                    "Use a smaller build of the package, or a host without this limit.",
                    related,
                )


def _too_large(
    size: int, limit: int, what: str, label: Label, advice: str, related: tuple[Label, ...] = ()
) -> PlanProblem:
    template = facts.table("vercel")["messages"]["lambda_size"]
    return PlanProblem(
        key="vercel-bundle-too-large",
        cause=Cause.BUNDLE_TOO_LARGE,
        severity=Severity.ERROR,
        message=f"{what} A function may have {limit // MEBIBYTE} MB.",
        primary=label,
        related=related,
        phase=Phase.BUILD,
        output="[LAMBDA_SIZE_EXCEEDED] " + template.format(size=f"{size / MEBIBYTE:.2f}", limit=limit // MEBIBYTE),
        help=advice,
        data={"certainty": Certainty.LIKELY, "late": True},
    )
