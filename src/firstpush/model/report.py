"""What `check` found: deployments, diagnostics, what was silenced, what was looked at. Every renderer takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from firstpush.model.diagnostic import Diagnostic
from firstpush.model.value import dataclass, field

DeploymentVerdict = Literal["passes", "fails", "unknown"]


@dataclass(frozen=True, slots=True)
class PhaseOutcome:
    """One phase of a deployment. `phase`: a `model.plan.Phase` value; `commands`: how many commands it runs; `why`:
    one sentence, for a verdict that is not `passes`."""

    phase: str
    verdict: DeploymentVerdict
    commands: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment and its prediction. `root`: relative to the checked folder (`.`); `first_failure`: index into the
    report's diagnostics of the one that the user would meet first; `why`: for `unknown`, what cannot be known."""

    platform: str
    builder: str
    builder_version: str | None = None
    root: str = "."
    verdict: DeploymentVerdict = "unknown"
    first_failure: int | None = None
    why: str = ""
    phases: tuple[PhaseOutcome, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A diagnostic that a comment or the configuration silences. `reason`: in the user's words."""

    diagnostic: Diagnostic
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of `check`. `looked_at`: files that were read; `unreadable`: path → why it could not be read."""

    deployments: tuple[Deployment, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    looked_at: tuple[str, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
