"""Two readings of one Vercel deployment: what is certain, and what hangs on the dashboard's framework preset.

In: plans, their deployments and diagnostics. Out: the same, settled: when the framework preset is unknown and only one
reading fails, its errors become warnings that name the condition, and its verdict is `unknown`. What fails under both
readings stays an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from firstpush.model.diagnostic import Certainty, Diagnostic, Severity
from firstpush.model.plan import Plan
from firstpush.model.report import Deployment


def settle(
    plans: Sequence[Plan], deployments: Sequence[Deployment], diagnostics: Sequence[Diagnostic]
) -> tuple[list[Deployment], list[Diagnostic]]:
    """`deployments[i]` belongs to `plans[i]`; a diagnostic names its deployment by index. Order is kept."""
    open_ones: set[int] = set()
    for number, plan in enumerate(plans):
        if plan.platform != "vercel" or plan.native.get("readings", 1) < 2 or deployments[number].verdict != "fails":
            continue
        others = [
            deployments[index].verdict
            for index, other in enumerate(plans)
            if index != number and other.platform == plan.platform and other.root == plan.root
        ]
        if any(verdict != "fails" for verdict in others):
            open_ones.add(number)
    if not open_ones:
        return list(deployments), list(diagnostics)
    kept = [
        _conditional(diagnostic, plans[diagnostic.deployment])
        if diagnostic.deployment in open_ones and diagnostic.deployment is not None
        else diagnostic
        for diagnostic in diagnostics
    ]
    settled = [
        replace(deployment, verdict="unknown", first_failure=None, why=_why(plans[number]))
        if number in open_ones
        else deployment
        for number, deployment in enumerate(deployments)
    ]
    return settled, kept


def _conditional(diagnostic: Diagnostic, plan: Plan) -> Diagnostic:
    """An error of a reading that may not be the case."""
    if diagnostic.severity is not Severity.ERROR:
        return diagnostic
    preset = _preset(plan)
    message = f"If the framework preset is {preset}: {diagnostic.message}"
    return replace(diagnostic, severity=Severity.WARNING, certainty=Certainty.POSSIBLE, message=message)


def _why(plan: Plan) -> str:
    return (
        "the framework preset is a setting of Vercel's dashboard and not known here: with "
        f"{_preset(plan)} this deployment fails, with another reading it does not"
    )


def _preset(plan: Plan) -> str:
    slug = plan.native.get("framework")
    return "Other" if slug is None else str(slug)
