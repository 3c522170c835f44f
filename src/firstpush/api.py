"""What the command line (and later server, editor and agent adapters) calls: one function a verb.

Nothing here prints. Heavy parts are imported by the verb that needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firstpush.errors import NothingToCheck, UnreadableInput
from firstpush.model.diagnostic import Diagnostic
from firstpush.model.plan import Plan
from firstpush.model.report import Deployment, Report
from firstpush.model.value import replace
from firstpush.platforms import Settings, plans
from firstpush.project.tree import ProjectTree
from firstpush.rules.judgement import judge, simulation_of


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


def check(
    path: Path | str | ProjectTree = ".", settings: Settings | None = None, *, fixes: bool = False
) -> tuple[Report, ProjectTree]:
    """Predict every deployment of a project. `fixes`: put the repairs into the diagnostics as well.

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
        judged = judge(plan, tree, number)
        first = judged.deployment.first_failure
        at = None if first is None else first + len(diagnostics)
        deployments.append(replace(judged.deployment, first_failure=at))
        diagnostics.extend(judged.diagnostics)
    if any(plan.native.get("readings", 1) > 1 for plan in found):
        # One folder planned in two ways, because a setting of the dashboard is not known.
        from firstpush.rules.vercel_readings import settle

        deployments, diagnostics = settle(found, deployments, diagnostics)
    report = Report(
        deployments=tuple(deployments),
        diagnostics=tuple(diagnostics),
        looked_at=tree.looked_at(),
        unreadable=dict(tree.unreadable),
    )
    if fixes:
        from firstpush.fixes import attach

        report = attach(report, tree, settings or Settings())
    return report, tree


def plan(path: Path | str | ProjectTree = ".", settings: Settings | None = None) -> tuple[list[Plan], ProjectTree]:
    """The plans that `check` judges. Raises UnreadableInput."""
    tree = path if isinstance(path, ProjectTree) else open_project(path)
    return plans(tree, settings or Settings()), tree


def simulate(machine: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Predict one command on a described machine (docs/simulate.md). Raises UsageError for a bad machine."""
    from firstpush.simulate import simulate as run

    return run(dict(machine), command).to_answer()


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
