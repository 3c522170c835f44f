"""A plan judged: simulated, held against all rules, and summed up as a deployment with a verdict.

In: a `Plan` and the tree; out: a `Judgement`. `check` reports it; `fixes` holds every repair to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.model.outcome import Verdict
from firstpush.model.plan import Phase, Plan
from firstpush.model.report import Deployment, DeploymentVerdict, PhaseOutcome
from firstpush.model.value import dataclass
from firstpush.project.tree import ProjectTree
from firstpush.rules.framework import Context
from firstpush.rules.registry import judge as findings

if TYPE_CHECKING:
    from firstpush.simulate import Simulation


@dataclass(frozen=True, slots=True)
class Judgement:
    """`deployment.first_failure` is an index into `diagnostics`, which are in the order that the user would meet."""

    plan: Plan
    simulation: Simulation | None
    deployment: Deployment
    diagnostics: tuple[Diagnostic, ...]


def judge(plan: Plan, tree: ProjectTree, number: int = 0) -> Judgement:
    """See the module's docstring. `number`: the deployment's index in the report."""
    simulation = simulation_of(plan, tree)
    diagnostics = tuple(sorted(_unique(findings(Context(tree, plan, simulation, number))), key=lambda one: one.order))
    errors = [index for index, one in enumerate(diagnostics) if _fails(one)]
    why = plan.unknown or (simulation.why if simulation is not None else "")
    verdict: DeploymentVerdict = "passes"
    if errors:
        verdict = "fails"
    elif plan.unknown or (simulation is not None and simulation.verdict is Verdict.UNKNOWN):
        verdict = "unknown"
    deployment = Deployment(
        platform=plan.platform,
        builder=plan.builder,
        builder_version=plan.builder_version,
        root=plan.root or ".",
        verdict=verdict,
        first_failure=errors[0] if errors else None,
        why=why if verdict == "unknown" else "",
        phases=_phases(simulation, diagnostics),
        notes=plan.notes,
    )
    return Judgement(plan, simulation, deployment, diagnostics)


def simulation_of(plan: Plan, tree: ProjectTree) -> Simulation | None:
    """The plan run on the model of its machine, or None when the plan is not known or has nothing to run on."""
    if plan.machine is None:
        return None
    from firstpush.simulate import simulate_plan

    return simulate_plan(plan, tree)


def _fails(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity is Severity.ERROR and not diagnostic.dormant


def _unique(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Without repetitions: one defect met by several commands at one place is told once."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        found.setdefault((diagnostic.code, diagnostic.primary.span, diagnostic.message), diagnostic)
    return list(found.values())


def _phases(simulation: Simulation | None, diagnostics: Iterable[Diagnostic]) -> tuple[PhaseOutcome, ...]:
    """The outcome of each phase that the plan has, in order."""
    outcomes = list(simulation.all_outcomes()) if simulation is not None else []
    phases = []
    for phase in Phase:
        here = [outcome.outcome for outcome in outcomes if outcome.phase is phase]
        failed = next((one for one in diagnostics if one.phase == phase.value and _fails(one)), None)
        unknown = next((outcome.why for outcome in here if outcome.verdict is Verdict.UNKNOWN), None)
        if failed is not None:
            phases.append(PhaseOutcome(phase.value, "fails", len(here), failed.message))
        elif unknown is not None:
            phases.append(PhaseOutcome(phase.value, "unknown", len(here), unknown))
        elif here:
            phases.append(PhaseOutcome(phase.value, "passes", len(here)))
    return tuple(phases)
