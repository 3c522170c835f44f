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


def attach(report: Report, tree: ProjectTree, settings: Settings) -> Report:
    """Each diagnostic with the repairs after which it is not found any more, the best first."""
    fixes: dict[tuple[object, ...], list[Fix]] = {}
    for number, deployment in enumerate(report.deployments):
        if not any(each.deployment == number for each in report.diagnostics):
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
    return replace(report, diagnostics=diagnostics)


def _same(found: Diagnostic) -> tuple[object, ...]:
    return found.code, found.primary.span, found.message
