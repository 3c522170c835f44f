"""From what is wrong to what to change: a tree goes in, verified repairs of every deployment come out.

A repair is a chain of proposals. Each link is kept only if planning and simulating the edited files shows that the
deployment gets further (see `Prediction.score`), so the chain ends; it is closed when nothing is wrong any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from firstpush.fixes.compare import differences
from firstpush.fixes.config_files import Unreadable
from firstpush.fixes.predict import RANK, Prediction, predict_one
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies import INSTALL, REPAIRS, strategy
from firstpush.fixes.workspace import Workspace
from firstpush.model.diagnostic import Applicability, Diagnostic, Fix
from firstpush.model.outcome import Verdict
from firstpush.model.plan import Phase
from firstpush.model.value import dataclass, replace
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree
from firstpush.syntax.edit import Overlap

MAX_LINKS = 24

Wanted = Callable[[Diagnostic], bool]
_LEVEL = {Applicability.SAFE: 0, Applicability.UNSAFE: 1, Applicability.MANUAL: 2}


@dataclass(frozen=True, slots=True)
class Link:
    """A proposal that helps: how sure, what it closes, what it changes besides what it names."""

    proposal: Proposal
    applicability: Applicability
    closes: tuple[Diagnostic, ...]
    also_changes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Repair:
    """A chain of links for one deployment. `workspace`: the edited project."""

    install: str | None
    links: tuple[Link, ...]
    before: Prediction
    after: Prediction
    workspace: Workspace

    @property
    def applicability(self) -> Applicability:
        """That of the least sure link."""
        return max((link.applicability for link in self.links), key=_LEVEL.__getitem__, default=Applicability.SAFE)

    @property
    def strategies(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.proposal.strategy for link in self.links))

    @property
    def left(self) -> tuple[Diagnostic, ...]:
        """Errors that it does not cure."""
        return self.after.errors

    @property
    def name(self) -> str:
        """The way to install if the chain uses it, else what it does first."""
        names = self.strategies
        return self.install if self.install in names else names[0] if names else ""

    def fix(self) -> Fix:
        """The whole chain as one fix of the files on disk."""
        return Fix(
            strategy=self.name,
            applicability=self.applicability,
            title="; ".join(link.proposal.title for link in self.links),
            edits=self.workspace.edits(),
            files=self.workspace.files(),
            cost=" ".join(dict.fromkeys(link.proposal.cost for link in self.links if link.proposal.cost)),
            question=" ".join(dict.fromkeys(link.proposal.question for link in self.links if link.proposal.question)),
            before=self.before.verdict,
            after=self.after.verdict,
        )


def repairs_for(
    tree: ProjectTree,
    settings: Settings,
    prediction: Prediction,
    *,
    install: str | None = None,
    wanted: Wanted = lambda found: True,
) -> list[Repair]:
    """The repairs that there are for a deployment, the best first; none where nothing is wrong or nothing helps.

    `install`: only this way to install; `wanted`: which findings are to be cured."""
    if not any(wanted(found) for found in (*prediction.errors, *prediction.warnings)):
        return []
    kept: dict[object, Repair] = {}
    for way in (install,) if install else INSTALL:
        each = _shortest(tree, settings, prediction, way, wanted)
        if each.links:
            kept.setdefault((each.workspace.edits(), each.workspace.files()), each)
    ways = sorted(kept.values(), key=_preference)
    best = max((RANK[way.after.verdict] for way in ways if way.applicability is not Applicability.MANUAL), default=0)
    return [way for way in ways if install or RANK[way.after.verdict] >= best or _manual(way)]


def _shortest(tree: ProjectTree, settings: Settings, before: Prediction, install: str | None, wanted: Wanted) -> Repair:
    """The repair, without the links that it can do without."""
    found = repair(tree, settings, before, install, wanted)
    for name in found.strategies if len(found.links) > 1 else ():
        if name == install:
            continue
        other = repair(tree, settings, before, install, wanted, frozenset({name}))
        if len(other.links) < len(found.links) and other.after.score >= found.after.score:
            found = other
    return found


def _preference(repair: Repair) -> tuple[object, ...]:
    """The verdict, then how sure; the order of the ways decides between equals."""
    return _manual(repair), -RANK[repair.after.verdict], len(repair.left), _LEVEL[repair.applicability]


def _manual(repair: Repair) -> bool:
    return repair.applicability is Applicability.MANUAL


def repair(
    tree: ProjectTree,
    settings: Settings,
    before: Prediction,
    install: str | None,
    wanted: Wanted = lambda found: True,
    without: frozenset[str] = frozenset(),
) -> Repair:
    """Link by link, as far as it goes. Links at the end after which the deployment got no further are taken back.

    `without`: strategies that are not used."""
    workspace = Workspace.of(tree)
    links: list[Link] = []
    current = before
    best: tuple[int, Prediction, Workspace] = (0, before, workspace)
    past: set[str] = set()
    while len(links) < MAX_LINKS and any(wanted(found) for found in (*current.errors, *current.warnings)):
        past.update(found.message for found in current.errors[:1])
        situation = Situation(workspace.tree, settings, current, bool(before.errors), frozenset(past))
        step = _next(situation, workspace, install, wanted, without)
        if step is None:
            break
        link, current, workspace = step
        links.append(link)
        first = current.errors[0].phase if current.errors else None
        if current.score > best[1].score or first == Phase.CONFIG.value or link.applicability is Applicability.MANUAL:
            best = len(links), current, workspace
        if link.applicability is Applicability.MANUAL:
            break  # what comes after depends on what is decided
    number, current, workspace = best
    return Repair(install, tuple(links[:number]), before, current, workspace)


def _next(
    situation: Situation, workspace: Workspace, install: str | None, wanted: Wanted, without: frozenset[str]
) -> tuple[Link, Prediction, Workspace] | None:
    """The chosen way to install if it helps, else the first strategy that helps safely, else the first that helps;
    among the proposals of one the surest of the best counts."""
    names = ((install,) if install else ()) + REPAIRS
    manual: tuple[Link, Prediction, Workspace] | None = None
    unsafe: tuple[Link, Prediction, Workspace] | None = None
    for name in names:
        if strategy(name).NAME in without:
            continue
        best: tuple[Link, Prediction, Workspace] | None = None
        for link, after, edited in helpful(situation, workspace, strategy(name).propose(situation), wanted):
            if link.applicability is Applicability.MANUAL:
                manual = manual or (link, after, edited)
            elif best is None or _better((link, after), (best[0], best[1])):
                best = link, after, edited
        if best is not None and (name == install or best[0].applicability is Applicability.SAFE):
            return best
        unsafe = unsafe or best
        if manual is not None and name == install:
            return manual
    return unsafe or manual


def _better(one: tuple[Link, Prediction], other: tuple[Link, Prediction]) -> bool:
    return (one[1].score, -_LEVEL[one[0].applicability]) > (other[1].score, -_LEVEL[other[0].applicability])


def helpful(
    situation: Situation, workspace: Workspace, proposals: Iterator[Proposal], wanted: Wanted = lambda found: True
) -> Iterator[tuple[Link, Prediction, Workspace]]:
    """Those proposals that really help, with what becomes of the deployment."""
    before = situation.prediction
    for proposal in _until_impossible(proposals):
        try:
            edited = workspace.edited(proposal.edits, proposal.files)
        except (Overlap, KeyError, ValueError):
            continue
        if not edited.writes():
            continue
        after = predict_one(edited.tree, situation.settings, before.key)
        if after is None:
            continue
        closes = closed(before, after)
        manual = bool(proposal.question)
        better = after.score > before.score or _next_error(before, after, situation.past)
        helps = better and any(wanted(found) for found in closes)
        hopeful = manual and after.verdict != "fails" and any(wanted(found) for found in before.errors)
        if not helps and not hopeful:
            continue
        changed = undeclared(differences(before.plan, after.plan), proposal.names)
        level = Applicability.SAFE
        doubts = unknowns(after) - unknowns(before) if before.plan.steps else frozenset()
        if doubts and not proposal.behaviour:
            proposal = replace(proposal, behaviour=f"what comes of it is not known: {'; '.join(sorted(doubts))}")
        if changed or proposal.behaviour:
            level = Applicability.UNSAFE
        if manual:
            level = Applicability.MANUAL
        if "python" in changed and "python" not in proposal.behaviour:
            proposal = replace(proposal, behaviour=proposal.behaviour or "the Python version changes")
        yield Link(proposal, level, closes, changed), after, edited


def _until_impossible(proposals: Iterator[Proposal]) -> Iterator[Proposal]:
    """The proposals, up to one whose edit the file does not allow (a key that is written in a way of its own)."""
    try:
        yield from proposals
    except (KeyError, Unreadable, Overlap):
        return


def closed(before: Prediction, after: Prediction) -> tuple[Diagnostic, ...]:
    """Findings that are not found any more: in the same words or, with other words, as often as before."""
    old, new = (*before.errors, *before.warnings), (*after.errors, *after.warnings)
    said = Counter((found.code, found.phase, found.message) for found in new)
    rest: list[Diagnostic] = []
    for found in old:
        if said[found.code, found.phase, found.message]:
            said[found.code, found.phase, found.message] -= 1
        else:
            rest.append(found)
    if _next_error(before, after):
        return tuple(rest)
    other = Counter((code, phase) for (code, phase, _), number in said.items() for _ in range(number))
    gone = []
    for found in rest:
        if other[found.code, found.phase]:
            other[found.code, found.phase] -= 1
        else:
            gone.append(found)
    return tuple(gone)


def _next_error(before: Prediction, after: Prediction, past: frozenset[str] = frozenset()) -> bool:
    """A reader of configuration stops at its first error, and so does an app that starts: with that one gone it tells
    the next one. Never back to one that was told before (`past`: messages)."""
    if not before.errors or not after.errors or after.score[:2] < before.score[:2]:
        return False
    first, then = before.errors[0], after.errors[0]
    if first.phase != then.phase or then.message in past:
        return False
    if first.phase == Phase.CONFIG.value:
        return first.message not in {found.message for found in after.errors}
    return first.code not in {found.code for found in after.errors}


def unknowns(prediction: Prediction) -> frozenset[str]:
    """Why the outcome of a command, or the plan, cannot be known."""
    found = {prediction.plan.unknown or ""}
    if prediction.simulation is not None:
        for each in prediction.simulation.all_outcomes():
            if each.outcome.verdict is Verdict.UNKNOWN:
                found.add(each.outcome.why)
    return frozenset(found - {""})


def undeclared(changed: frozenset[str], names: frozenset[str]) -> frozenset[str]:
    """Parts of the plan that differ although the proposal does not name them (`phase:*`: every phase)."""
    return frozenset(part for part in changed if not any(fnmatchcase(part, name) for name in names))
