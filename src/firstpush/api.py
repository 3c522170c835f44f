"""What the command line (and later server, editor and agent adapters) calls: one function a verb.

Nothing here prints. Heavy parts are imported by the verb that needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstpush.errors import NothingToCheck, UnreadableInput
from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.model.outcome import Verdict
from firstpush.model.plan import Phase, Plan
from firstpush.model.report import Deployment, DeploymentVerdict, PhaseOutcome, Report
from firstpush.platforms import Settings, plans
from firstpush.project.tree import ProjectTree

if TYPE_CHECKING:
    from firstpush.simulate import Simulation


def open_project(path: Path | str) -> ProjectTree:
    """The project in a folder. Raises UnreadableInput when it is no folder or cannot be listed."""
    folder = Path(path)
    try:
        there = folder.exists()
    except OSError as error:  # a folder above it cannot be entered, or the name is too long
        raise UnreadableInput(f"{folder} cannot be read.", found=error.strerror or str(error)) from None
    if not there:
        raise UnreadableInput(
            f"There is no folder {folder}.",
            next_step="Name the folder that is deployed, or run firstpush inside it.",
        )
    if not folder.is_dir():
        raise UnreadableInput(
            f"{folder} is a file.",
            why="firstpush reads a whole project, as a platform does.",
            next_step=f"Name its folder: {folder.parent}",
        )
    tree = ProjectTree(folder)
    tree.files  # noqa: B018 (lists the folder now, so that a folder that cannot be read is told here)
    if "." in tree.unreadable:
        raise UnreadableInput(f"The folder {folder} cannot be listed.", found=tree.unreadable["."])
    return tree


def check(path: Path | str | ProjectTree = ".", settings: Settings | None = None) -> tuple[Report, ProjectTree]:
    """Predict every deployment of a project.

    Out: the report (deployments, diagnostics in the order in which the user would meet them) and the tree that was
    read, for the renderers' snippets. Raises UnreadableInput; NothingToCheck when no platform claims the project.
    """
    tree = path if isinstance(path, ProjectTree) else open_project(path)
    found = plans(tree, settings or Settings())
    if not found:
        raise NothingToCheck(
            f"Nothing to check in {tree.folder}.",
            found="No deployment configuration and no Python app were found.",
            next_step="Name the app's folder, or say what to plan with: firstpush check --builder nixpacks",
        )
    deployments: list[Deployment] = []
    diagnostics: list[Diagnostic] = []
    for number, plan in enumerate(found):
        deployment, new = judge(plan, tree, number)
        first = deployment.first_failure
        deployments.append(replace(deployment, first_failure=None if first is None else first + len(diagnostics)))
        diagnostics.extend(new)
    if any(plan.native.get("readings", 1) > 1 for plan in found):
        # One folder planned in two ways, because a setting of the dashboard is not known.
        from firstpush.rules.vercel_readings import settle

        deployments, diagnostics = settle(found, deployments, diagnostics)
    return (
        Report(
            deployments=tuple(deployments),
            diagnostics=tuple(diagnostics),
            looked_at=tree.looked_at(),
            unreadable=dict(tree.unreadable),
        ),
        tree,
    )


def judge(plan: Plan, tree: ProjectTree, number: int = 0) -> tuple[Deployment, list[Diagnostic]]:
    """One deployment's prediction; `first_failure` is an index into the returned diagnostics."""
    from firstpush.rules.framework import Context
    from firstpush.rules.registry import judge as judge_findings

    simulation = simulation_of(plan, tree)
    context = Context(tree, plan, simulation, number)
    diagnostics = sorted(_unique(judge_findings(context)), key=lambda diagnostic: diagnostic.order)
    errors = [
        index
        for index, diagnostic in enumerate(diagnostics)
        if diagnostic.severity is Severity.ERROR and not diagnostic.dormant
    ]
    why = plan.unknown or (simulation.why if simulation is not None else "")
    verdict: DeploymentVerdict = "passes"
    if errors:
        verdict = "fails"
    elif plan.unknown or (simulation is not None and simulation.verdict is Verdict.UNKNOWN):
        verdict = "unknown"
    return (
        Deployment(
            platform=plan.platform,
            builder=plan.builder,
            builder_version=plan.builder_version,
            root=plan.root or ".",
            verdict=verdict,
            first_failure=errors[0] if errors else None,
            why=why if verdict == "unknown" else "",
            phases=_phases(plan, simulation, diagnostics),
            notes=plan.notes,
        ),
        diagnostics,
    )


def simulation_of(plan: Plan, tree: ProjectTree) -> Simulation | None:
    """The plan run on the model of its machine, or None when the plan is not known or has nothing to run on."""
    if plan.machine is None:
        return None
    from firstpush.simulate import simulate_plan

    return simulate_plan(plan, tree)


def _unique(diagnostics: Any) -> list[Diagnostic]:
    """Without repetitions: one defect met by several commands at one place is told once."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for diagnostic in diagnostics:
        key = (diagnostic.code, diagnostic.primary.span, diagnostic.message)
        if key not in seen:
            seen.add(key)
            kept.append(diagnostic)
    return kept


def _phases(plan: Plan, simulation: Simulation | None, diagnostics: list[Diagnostic]) -> tuple[PhaseOutcome, ...]:
    """The outcome of each phase that the plan has, in order."""
    outcomes = list(simulation.all_outcomes()) if simulation is not None else []
    phases = []
    for phase in Phase:
        here = [outcome for outcome in outcomes if outcome.phase is phase]
        failed = [
            diagnostic
            for diagnostic in diagnostics
            if diagnostic.phase == phase.value and diagnostic.severity is Severity.ERROR and not diagnostic.dormant
        ]
        if not here and not failed:
            continue
        unknown = next((outcome.outcome.why for outcome in here if outcome.outcome.verdict is Verdict.UNKNOWN), None)
        if failed:
            phases.append(PhaseOutcome(phase.value, "fails", len(here), failed[0].message))
        elif unknown is not None:
            phases.append(PhaseOutcome(phase.value, "unknown", len(here), unknown))
        else:
            phases.append(PhaseOutcome(phase.value, "passes", len(here)))
    return tuple(phases)


def plan(path: Path | str | ProjectTree = ".", settings: Settings | None = None) -> tuple[list[Plan], ProjectTree]:
    """The plans that `check` judges. Raises UnreadableInput."""
    tree = path if isinstance(path, ProjectTree) else open_project(path)
    return plans(tree, settings or Settings()), tree


def simulate(machine: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Predict one command on a described machine (docs/simulate.md). Raises UsageError for a bad machine."""
    from firstpush.simulate import simulate as run

    return run(machine, command).to_answer()


def fix(path: Path | str | ProjectTree = ".", settings: Settings | None = None, **options: Any) -> Any:
    """Repairs for everything that `check` finds: see `firstpush.fixes`."""
    from firstpush import fixes

    return fixes.fix(path, settings or Settings(), **options)


def rehearse(path: Path | str | ProjectTree = ".", settings: Settings | None = None, **options: Any) -> list[Any]:
    """Run each deployment's plan for real in a replica: a list of `firstpush.rehearsal.Rehearsal`.

    `options`: as of `firstpush.rehearsal.rehearse` (`options=RehearsalOptions(…)`, `on_event`, `shell`). Raises
    UnreadableInput, CannotRehearse."""
    from firstpush import rehearsal

    tree = path if isinstance(path, ProjectTree) else open_project(path)
    results = []
    for one in plans(tree, settings or Settings()):
        simulation = simulation_of(one, tree)
        predicted = {} if simulation is None else {found.id: found.outcome for found in simulation.all_outcomes()}
        results.append(rehearsal.rehearse(one, tree.folder, predicted=predicted, **options))
    return results


def diagnose(log: str, path: Path | str | ProjectTree | None = None, settings: Settings | None = None) -> Any:
    """Causes in a failed log, best first (a `Diagnosis`). `path`: the project, for the guilty place."""
    from firstpush.diagnose import diagnose as read_log

    if path is None:
        return read_log(log)
    tree = path if isinstance(path, ProjectTree) else open_project(path)
    try:
        report, _ = check(tree, settings)
    except NothingToCheck:
        return read_log(log)
    return read_log(log, report, tuple(plans(tree, settings or Settings())), tree.source)
