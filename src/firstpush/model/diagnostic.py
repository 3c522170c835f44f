"""Diagnostics, traces, edits and fixes as frozen values. Findings are never exceptions."""

from __future__ import annotations

from enum import StrEnum

from firstpush.model.cause import Cause
from firstpush.model.text import Span
from firstpush.model.value import dataclass


class Severity(StrEnum):
    """`error`: this deployment fails; `warning`: fails under a stated condition, or works by luck; `info`."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(StrEnum):
    """How sure the prediction is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Applicability(StrEnum):
    """`safe`: predicted green and nothing else changes; `unsafe`: green, behaviour may change; `manual`: a decision."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what to say about it."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One rung of the chain of facts that leads to the failure. `source`: where a fact is known from."""

    text: str
    span: Span | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `span` by `text` (UTF-8). An empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A whole file: `content` None deletes it, a text creates or replaces it."""

    path: str
    content: str | None


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair. `cost`: what the user pays for it; `before`/`after`: the verdicts that re-prediction gave."""

    strategy: str
    applicability: Applicability
    title: str
    edits: tuple[Edit, ...] = ()
    files: tuple[FileChange, ...] = ()
    cost: str = ""
    question: str = ""
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `message` stands alone; `help` says what to do; `deployment` is an index into the report's
    deployments; `order` sorts the findings of a deployment as the user would meet them (lower first)."""

    code: str
    name: str
    cause: Cause
    severity: Severity
    message: str
    primary: Label
    certainty: Certainty = Certainty.CERTAIN
    dormant: bool = False
    phase: str | None = None
    deployment: int | None = None
    related: tuple[Label, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    help: str = ""
    output: str | None = None  # the very words that the user will see, where they are known
    fixes: tuple[Fix, ...] = ()
    order: int = 0
