"""The result of `fix`: a project goes in; each deployment's chosen repair, the others, and all edits come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from firstpush.fixes.engine import Repair, Wanted, repairs_for
from firstpush.fixes.predict import RANK, Key, Prediction, predict, predict_one
from firstpush.fixes.workspace import Workspace
from firstpush.model.diagnostic import Applicability, Diagnostic
from firstpush.model.value import dataclass
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

Choose = Callable[[Prediction, Sequence[Repair]], "Repair | None"]


@dataclass(frozen=True, slots=True)
class DeploymentFix:
    """One deployment. `chosen` is among `ways`, or None; `after`: the prediction with every chosen edit made."""

    key: Key
    settings: Settings
    before: Prediction
    after: Prediction | None
    chosen: Repair | None
    ways: tuple[Repair, ...]

    @property
    def verdict_after(self) -> str:
        return self.after.verdict if self.after is not None else "unknown"


@dataclass(frozen=True, slots=True)
class FixResult:
    """`workspace`: the project with all chosen edits."""

    tree: ProjectTree
    deployments: tuple[DeploymentFix, ...]
    workspace: Workspace

    @property
    def closed(self) -> bool:
        """No deployment is predicted to fail after the chosen edits."""
        return all(each.verdict_after != "fails" for each in self.deployments)


def fix(
    path: Path | str | ProjectTree,
    settings: Settings | Sequence[Settings],
    *,
    strategy: str | None = None,
    unsafe: bool = False,
    wanted: Wanted = lambda found: True,
    choose: Choose | None = None,
) -> FixResult:
    """Repair every deployment, one after the other, each on the files as the ones before left them.

    `settings`: several for several roots; `strategy`: only this way to install, which also agrees to what it costs;
    `unsafe`: choose repairs after which the app may behave differently; `wanted`: which findings to cure; `choose`:
    asked instead, given the ways."""
    tree = path if isinstance(path, ProjectTree) else ProjectTree(Path(path))
    workspace = Workspace.of(tree)
    every = [settings] if isinstance(settings, Settings) else settings
    found: list[tuple[Settings, Prediction, Repair | None, tuple[Repair, ...]]] = []
    for one, first in [(each, prediction) for each in every for prediction in predict(tree, each)]:
        now = predict_one(workspace.tree, one, first.key) if workspace.pieces or workspace.whole else first
        if now is None:
            continue
        ways = tuple(repairs_for(workspace.tree, one, now, install=strategy, wanted=wanted))
        pick = choose or (lambda prediction, offered: _default(offered, unsafe, strategy))
        chosen = pick(now, ways) if ways else None
        if chosen is not None:
            workspace = workspace.edited(chosen.workspace.edits(), chosen.workspace.files())
        found.append((one, first, chosen, ways))
    deployments = [
        DeploymentFix(
            before.key,
            one,
            before,
            before if workspace.tree is tree else predict_one(workspace.tree, one, before.key),
            chosen,
            ways,
        )
        for one, before, chosen, ways in found
    ]
    return FixResult(tree, tuple(deployments), workspace)


def _default(ways: Sequence[Repair], unsafe: bool, strategy: str | None) -> Repair | None:
    """The best way that needs no consent but what was given, if it gets as far as the best of all."""
    best = max((RANK[way.after.verdict] for way in ways if way.applicability is not Applicability.MANUAL), default=0)
    for way in ways:
        agreed = all(
            link.applicability is Applicability.SAFE
            or (link.applicability is Applicability.UNSAFE and (unsafe or link.proposal.strategy == strategy))
            for link in way.links
        )
        if agreed and RANK[way.after.verdict] >= best:
            return way
    return None


def selecting(select: Sequence[str], ignore: Sequence[str]) -> Wanted:
    """Findings by code, beginning of a code, or name: those selected (all without any), less those ignored."""

    def named(found: Diagnostic, words: Sequence[str]) -> bool:
        return any(found.name == word or found.code.startswith(word.upper()) for word in words)

    return lambda found: (not select or named(found, select)) and not named(found, ignore)
