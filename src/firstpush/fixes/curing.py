"""Fixes for the diagnostics of a report: a `Report` goes in, the same with `Diagnostic.fixes` comes out.

A fix here is a whole repair of the deployment, because a failure that waits behind another is cured together with it.
"""

from __future__ import annotations

from firstpush.fixes.engine import repairs_for
from firstpush.fixes.predict import predict_one
from firstpush.model.diagnostic import Diagnostic, Fix
from firstpush.model.report import Report
from firstpush.model.value import replace
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

MOST = 12
LEFT_OUT = f"repairs are given for the first {MOST} deployments only; `firstpush fix` has them all"


def attach(report: Report, tree: ProjectTree, settings: Settings) -> Report:
    """Each diagnostic with the repairs after which it is not found any more, the best first.

    A repair is verified by planning and simulating the edited files again, a dozen times and more: of a large monorepo
    the first `MOST` deployments with findings get theirs, and the others a note (`firstpush fix` repairs them all).
    """
    fixes: dict[tuple[object, ...], list[Fix]] = {}
    deployments = list(report.deployments)
    repaired = 0
    for number, deployment in enumerate(report.deployments):
        if not any(each.deployment == number for each in report.diagnostics):
            continue
        repaired += 1
        if repaired > MOST:
            deployments[number] = replace(deployment, notes=(*deployment.notes, LEFT_OUT))
            continue
        prediction = predict_one(tree, settings, (deployment.platform, deployment.root))
        for way in repairs_for(tree, settings, prediction) if prediction is not None else ():
            closes = {_same(found) for link in way.links for found in link.closes}
            for found in (*way.before.errors, *way.before.warnings):
                if _same(found) in closes:
                    fixes.setdefault((number, *_same(found)), []).append(way.fix())
    diagnostics = tuple(
        replace(each, fixes=tuple(fixes.get((each.deployment, *_same(each)), ()))) for each in report.diagnostics
    )
    return replace(report, deployments=tuple(deployments), diagnostics=diagnostics)


def _same(found: Diagnostic) -> tuple[object, ...]:
    return found.code, found.primary.span, found.message
