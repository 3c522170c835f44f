"""Two readings of one Vercel deployment: what is certain, and what hangs on the dashboard's framework preset.

In: plans, their deployments and diagnostics. Out: the same, settled. When the framework preset is unknown, a folder has
two plans. What both find is told once and stays as it is; an error that only one of them finds becomes a warning that
names the condition, unless every reading fails for a reason of its own: then the deployment fails whatever is set.
"""

from __future__ import annotations

from collections.abc import Sequence

from firstpush.model.diagnostic import Certainty, Diagnostic, Severity
from firstpush.model.plan import Plan
from firstpush.model.report import Deployment
from firstpush.model.value import replace

Identity = tuple[str, object]


def settle(
    plans: Sequence[Plan], deployments: Sequence[Deployment], diagnostics: Sequence[Diagnostic]
) -> tuple[list[Deployment], list[Diagnostic]]:
    """`deployments[i]` belongs to `plans[i]`; a diagnostic names its deployment by index. Order is kept."""
    kept = list(diagnostics)
    verdicts = [deployment.verdict for deployment in deployments]
    for group in _groups(plans):
        found = {number: [item for item in kept if item.deployment == number] for number in group}
        shared = set.intersection(*({_identity(item) for item in items} for items in found.values()))
        errors = {number: [item for item in items if _is_error(item)] for number, items in found.items()}
        common = any(_identity(item) in shared for item in errors[group[0]])
        conditional = common or not all(errors.values())
        new: list[Diagnostic] = []
        for item in kept:
            if item.deployment not in group:
                new.append(item)
            elif _identity(item) in shared:
                new += [item] if item.deployment == group[0] else []
            elif _is_error(item) and conditional:
                new.append(_conditional(item, plans[item.deployment]))
            else:
                new.append(item)
        kept = new
        for number in group:
            if errors[number] and conditional and not common:
                verdicts[number] = "unknown"
    return [_deployment(plans, deployments, kept, verdicts, number) for number in range(len(deployments))], kept


def _groups(plans: Sequence[Plan]) -> list[list[int]]:
    """Indexes of the plans that are readings of one folder."""
    found: dict[tuple[str, str], list[int]] = {}
    for number, plan in enumerate(plans):
        if plan.native.get("readings", 1) > 1:
            found.setdefault((plan.platform, plan.root), []).append(number)
    return [group for group in found.values() if len(group) > 1]


def _identity(diagnostic: Diagnostic) -> Identity:
    return diagnostic.code, diagnostic.primary.span


def _is_error(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity is Severity.ERROR and not diagnostic.dormant


def _conditional(diagnostic: Diagnostic, plan: Plan) -> Diagnostic:
    """An error of a reading that may not be the case."""
    message = f"If the framework preset is {_preset(plan)}: {diagnostic.message}"
    return replace(diagnostic, severity=Severity.WARNING, certainty=Certainty.POSSIBLE, message=message)


def _deployment(
    plans: Sequence[Plan],
    deployments: Sequence[Deployment],
    diagnostics: list[Diagnostic],
    verdicts: Sequence[str],
    number: int,
) -> Deployment:
    """The deployment with its settled verdict and the first failure among the diagnostics that are left."""
    deployment = deployments[number]
    if plans[number].native.get("readings", 1) < 2:
        same = (index for index, item in enumerate(diagnostics) if item.deployment == number and _is_error(item))
        return replace(deployment, first_failure=next(same, None))
    if verdicts[number] == "unknown" and deployment.verdict == "fails":
        return replace(deployment, verdict="unknown", first_failure=None, why=_why(plans[number]))
    if deployment.verdict != "fails":
        return replace(deployment, first_failure=None)
    members = [
        index
        for index, plan in enumerate(plans)
        if (plan.platform, plan.root) == (plans[number].platform, plans[number].root)
    ]
    mine = [index for index, item in enumerate(diagnostics) if item.deployment == number and _is_error(item)]
    theirs = [index for index, item in enumerate(diagnostics) if item.deployment in members and _is_error(item)]
    return replace(deployment, first_failure=min(mine or theirs, default=None))


def _why(plan: Plan) -> str:
    return (
        "the framework preset is a setting of Vercel's dashboard and not known here: with "
        f"{_preset(plan)} this deployment fails, with another reading it does not"
    )


def _preset(plan: Plan) -> str:
    slug = plan.native.get("framework")
    return "Other" if slug is None else str(slug)
