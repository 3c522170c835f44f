"""Judging a tree: a `ProjectTree` and `Settings` go in, a `Prediction` for every deployment comes out.

The same planning, simulation and rules as `check`, so that a repair is held to what `check` will say after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.model.plan import Phase, Plan
from firstpush.model.report import Deployment
from firstpush.model.value import dataclass, replace
from firstpush.platforms import Settings, plans
from firstpush.project.tree import ProjectTree
from firstpush.rules.judgement import Judgement, judge
from firstpush.simulate import Simulation

PHASE_ORDER = {phase.value: number for number, phase in enumerate(Phase)}
RANK = {"fails": 0, "unknown": 1, "passes": 2}

Key = tuple[str, str]  # platform and root: what stays of a deployment when its files change


@dataclass(frozen=True, slots=True)
class Prediction:
    """What becomes of one deployment."""

    plan: Plan
    simulation: Simulation | None
    verdict: Literal["passes", "fails", "unknown"]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def key(self) -> Key:
        return self.plan.platform, self.plan.root or "."

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(found for found in self.diagnostics if found.severity is Severity.ERROR and not found.dormant)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(found for found in self.diagnostics if found.severity is Severity.WARNING and not found.dormant)

    @property
    def score(self) -> tuple[int, int, int, int]:
        """Higher is better: the verdict, how far the deployment gets, how little is wrong."""
        errors = self.errors
        first = PHASE_ORDER.get(errors[0].phase or "", 0) if errors else len(PHASE_ORDER)
        return RANK[self.verdict], first, -len(errors), -len(self.warnings)


def predict(tree: ProjectTree, settings: Settings) -> list[Prediction]:
    """Every deployment, in the platforms' order."""
    return _judged(plans(tree, settings), tree)


def narrowed(settings: Settings, key: Key) -> Settings:
    """Settings that plan only this deployment: a repository can have dozens."""
    platform, root = key
    if settings.root is None and root != ".":
        settings = replace(settings, root=root)
    return settings if settings.platforms else replace(settings, platforms=(platform,))


def predict_one(tree: ProjectTree, settings: Settings, key: Key) -> Prediction | None:
    """The deployment with this platform and root, if there still is one."""
    found = [plan for plan in plans(tree, narrowed(settings, key)) if (plan.platform, plan.root or ".") == key]
    return next(iter(_judged(found, tree)), None)


def _judged(found: Sequence[Plan], tree: ProjectTree) -> list[Prediction]:
    """One prediction for each deployment: readings of one folder (see `rules.vercel_readings`) are taken together."""
    groups: dict[Key, list[Prediction]] = {}
    for plan in found:
        one = _prediction(judge(plan, tree, sum(map(len, groups.values()))))
        groups.setdefault(one.key, []).append(one)
    return [group[0] if len(group) == 1 else _settled(group) for group in groups.values()]


def _settled(readings: Sequence[Prediction]) -> Prediction:
    """What is certain of several readings, with the plan of the one where most is wrong."""
    from firstpush.rules.vercel_readings import settle

    deployments = [
        Deployment(one.plan.platform, one.plan.builder, root=one.plan.root, verdict=one.verdict) for one in readings
    ]
    found = [replace(each, deployment=number) for number, one in enumerate(readings) for each in one.diagnostics]
    settled, diagnostics = settle([one.plan for one in readings], deployments, found)
    verdict = min((one.verdict for one in settled), key=RANK.__getitem__)
    worst = min(readings, key=lambda one: one.score)
    return Prediction(worst.plan, worst.simulation, verdict, tuple(diagnostics))


def _prediction(judged: Judgement) -> Prediction:
    return Prediction(judged.plan, judged.simulation, judged.deployment.verdict, judged.diagnostics)
