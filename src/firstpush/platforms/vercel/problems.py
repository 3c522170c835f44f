"""All plan-time problems of a deployment, in the order in which the user meets them."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.model.plan import PlanProblem
from firstpush.platforms.vercel import (
    judge_app,
    judge_commands,
    judge_config,
    judge_deps,
    judge_routes,
    judge_scripts,
    judge_size,
)
from firstpush.platforms.vercel.deployment import Deployment


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """vercel.json first: nothing runs when it is refused."""
    yield from judge_config.problems(deployment)
    if deployment.config is not None and deployment.config.root is None and deployment.config.document.problems:
        return
    for judge in (judge_app, judge_deps, judge_commands, judge_scripts, judge_size, judge_routes):
        yield from judge.problems(deployment)
