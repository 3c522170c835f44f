"""What strategies work with: `Situation` (what is wrong, in which files) goes in, `Proposal`s come out.

A proposal is a claim: the engine edits the tree, plans and simulates it again, and keeps only what really helps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from firstpush.fixes.predict import Prediction
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic, Edit, FileChange
from firstpush.model.value import dataclass, field
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair to try.

    `title`: what it does, as an order ("delete …"); `names`: the parts of the plan that it says it changes, as
    patterns over the names of `compare.parts` (`phase:*`); `cost`: what the user pays for it; `behaviour`: why the
    app may behave differently (makes it unsafe); `question`: what the user must decide (makes it manual); `install`:
    it is a way of installing, one of the names of `--strategy`."""

    strategy: str
    title: str
    edits: tuple[Edit, ...] = ()
    files: tuple[FileChange, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)
    cost: str = ""
    behaviour: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """A deployment that is to be repaired, as the files are now. `broken`: it fails as the files are on disk, so that
    nothing runs whose behaviour could change; `past`: what was the first error so far (messages)."""

    tree: ProjectTree
    settings: Settings
    prediction: Prediction
    broken: bool = True
    past: frozenset[str] = frozenset()

    def found(self, *causes: Cause) -> tuple[Diagnostic, ...]:
        """Errors and warnings with one of these causes (all without any)."""
        every = (*self.prediction.errors, *self.prediction.warnings)
        return tuple(each for each in every if not causes or each.cause in causes)

    def path(self, name: str) -> str:
        """A file of the deployed folder as a path of the tree."""
        root = self.prediction.plan.root
        return name if root in ("", ".") else f"{root}/{name}"


class Strategy(Protocol):
    """A module of `strategies/`. `INSTALL`: it is chosen by `--strategy`."""

    NAME: str
    INSTALL: bool

    def propose(self, situation: Situation) -> Iterator[Proposal]:
        """Repairs for what is wrong here, the best first; nothing when it does not apply."""
