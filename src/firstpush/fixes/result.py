"""The result of `fix`: a project goes in; each deployment's chosen repair, the others, and all edits come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from firstpush.fixes import siblings
from firstpush.fixes.engine import Repair, Wanted, repairs_for
from firstpush.fixes.predict import RANK, Key, Prediction, predict, predict_one
from firstpush.fixes.workspace import Workspace
from firstpush.model.diagnostic import Applicability, Diagnostic
from firstpush.model.value import dataclass
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

Choose = Callable[[Prediction, Sequence[Repair]], "Repair | None"]
Progress = Callable[[str], None]


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
    progress: Progress = lambda text: None,
) -> FixResult:
    """Repair every deployment, one after the other, each on the files as the ones before left them.

    `settings`: several for several roots; `strategy`: only this way to install, which also agrees to what it costs;
    `unsafe`: choose repairs after which the app may behave differently; `wanted`: which findings to cure; `choose`:
    asked instead, given the ways; `progress`: told how far it is.

    Of equal deployments (see `siblings`) the first is searched for all ways; the others get the one that was chosen
    there, verified, and only that one."""
    tree = path if isinstance(path, ProjectTree) else ProjectTree(Path(path))
    workspace = Workspace.of(tree)
    every = [settings] if isinstance(settings, Settings) else settings
    found: list[tuple[Settings, Prediction, Repair | None, tuple[Repair, ...]]] = []
    won: dict[object, Repair] = {}
    pick = choose or (lambda prediction, offered: _default(offered, unsafe, strategy))
    pending = [(each, prediction) for each in every for prediction in predict(tree, each)]
    for number, (one, first) in enumerate(pending, 1):
        progress(f"{number} of {len(pending)} deployments")
        now = predict_one(workspace.tree, one, first.key) if workspace.pieces or workspace.whole else first
        if now is None:
            continue
        kind = siblings.kind(workspace.tree, one, now) if choose is None and len(pending) > 1 else None
        same = siblings.again(won[kind], workspace.tree, one, now, wanted) if kind in won else None
        ways = (same,) if same else tuple(repairs_for(workspace.tree, one, now, install=strategy, wanted=wanted))
        chosen = pick(now, ways) if ways else None
        if chosen is not None:
            workspace = workspace.edited(chosen.workspace.edits(), chosen.workspace.files())
            if kind is not None:
                won[kind] = chosen
        found.append((one, first, chosen, ways))
    deployments: list[DeploymentFix] = []
    for number, (one, before, chosen, ways) in enumerate(found, 1):
        progress(f"{number} of {len(found)} deployments checked again")
        after = before if workspace.tree is tree else predict_one(workspace.tree, one, before.key)
        deployments.append(DeploymentFix(before.key, one, before, after, chosen, ways))
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
