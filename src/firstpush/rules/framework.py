"""What rules are made of: `Rule`, `Finding`, `Context`.

In: a plan and its simulation. Out: diagnostics. A finding is a problem met while the plan was made (`PlanProblem`) or a
failure of a simulated command (`Failure`), in one shape; rules judge findings and never look for positions themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Diagnostic, Label, Severity, TraceStep
from firstpush.model.origin import BuilderDefault
from firstpush.model.plan import Phase, PlanProblem, Step
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field

if TYPE_CHECKING:
    from firstpush.model.outcome import Failure
    from firstpush.model.plan import Plan
    from firstpush.project.tree import ProjectTree
    from firstpush.simulate import Simulation


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's identity. `triggers`: causes (`pep668-refused`) or problem keys (`key:nixpacks-phases-start`, which win
    over causes) of the findings that it judges. `help`: what to do, where the finding does not know better. `stage`:
    preview rules are off unless selected."""

    code: str
    name: str
    summary: str
    triggers: tuple[str, ...]
    help: str = ""
    stage: str = "stable"
    since: str = "0.1"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that went wrong in a plan or its simulation. `position`: order in which the user would meet it;
    `waiting`: met only by going past an earlier failure; `step`: the command it happened in."""

    cause: Cause
    message: str
    label: Label | None
    phase: Phase
    position: int
    key: str = ""
    related: tuple[Label, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    severity: Severity = Severity.ERROR
    certainty: Certainty = Certainty.CERTAIN
    output: str | None = None
    help: str = ""
    program: str = ""
    masked: bool = False
    waiting: bool = False
    step: Step | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """The deployment that is judged."""

    tree: ProjectTree
    plan: Plan
    simulation: Simulation | None
    deployment: int

    def diagnostic(
        self,
        rule: Rule,
        finding: Finding,
        *,
        message: str | None = None,
        help: str | None = None,
        severity: Severity | None = None,
        label: Label | None = None,
        related: tuple[Label, ...] = (),
        cause: Cause | None = None,
    ) -> Diagnostic:
        """A diagnostic of `rule` at the finding's place; what is not given is taken from the finding.

        A failure that the shell hides (`|| true`) fails nothing by itself and is a warning.
        """
        chosen = severity or finding.severity
        if finding.masked and severity is None:
            chosen = Severity.WARNING
        return Diagnostic(
            code=rule.code,
            name=rule.name,
            cause=cause or finding.cause,
            severity=chosen,
            message=message or finding.message,
            primary=label or finding.label or self.whole_plan_label(finding),
            certainty=finding.certainty,
            phase=finding.phase.value,
            deployment=self.deployment,
            related=finding.related + related,
            trace=finding.trace,
            help=help if help is not None else finding.help or rule.help,
            output=finding.output,
            order=finding.position,
        )

    def whole_plan_label(self, finding: Finding) -> Label:
        """Where to point when the guilty command is the builder's own: the file that made the builder choose it."""
        for path in (*self._chosen_for(finding), *self._looked_at(), *self.tree.files):
            if self.tree.exists(path):
                text = str(finding.step.command) if finding.step is not None else ""
                return Label(Span(path, 0, 0), f"the builder runs `{text}`" if text else "")
        return Label(Span(".", 0, 0))

    def _chosen_for(self, finding: Finding) -> Iterator[str]:
        """The file that Vercel's builder names as its reason (`requirements.txt exists`)."""
        origin = finding.step.command.origin if finding.step is not None else None
        if self.plan.platform == "vercel" and isinstance(origin, BuilderDefault):
            yield origin.why.removesuffix(" exists")

    def _looked_at(self) -> Iterator[str]:
        prefix = "" if self.plan.root in ("", ".") else self.plan.root + "/"
        for name in ("nixpacks.toml", "nixpacks.json", "railway.json", "railway.toml", "vercel.json", "Procfile"):
            yield prefix + name
        for name in ("requirements.txt", "pyproject.toml", "Pipfile", "main.py", "app.py", "package.json"):
            yield prefix + name


def findings(context: Context) -> Iterator[Finding]:
    """All findings of a deployment, in the order in which the user would meet them.

    Problems of the plan come first (the platform reads its files before it runs anything), then each step's failures.
    """
    position = 0
    order = _phase_order(context.plan)
    for problem in context.plan.problems:
        yield _of_problem(problem, position, order)
        position += 1
    if context.simulation is None:
        return
    for outcome in context.simulation.all_outcomes():
        for failure in outcome.outcome.failures:
            yield _of_failure(failure, outcome.phase, position, outcome.step, order)
            position += 1


def _phase_order(plan: Plan) -> Mapping[Phase, int]:
    """The rank of each phase, as this platform runs them (Vercel once ran the build command before the install)."""
    met = list(dict.fromkeys(step.phase for step in plan.steps))
    ranks = {phase: number for number, phase in enumerate(Phase)}
    return {**ranks, **dict(zip(met, sorted(ranks[phase] for phase in met)))}


def _of_problem(problem: PlanProblem, position: int, order: Mapping[Phase, int]) -> Finding:
    certainty = problem.data.get("certainty", Certainty.CERTAIN)
    # A problem that does not stop the platform is met after those that do; `late` ones after the phase's commands.
    later = 10_000 * order[problem.phase] + (5_000 if problem.data.get("late") else 0)
    return Finding(
        cause=problem.cause,
        message=problem.message,
        label=problem.primary,
        phase=problem.phase,
        position=position if problem.fatal else position + later,
        key=problem.key,
        related=problem.related,
        trace=problem.trace,
        severity=problem.severity,
        certainty=Certainty(certainty),
        output=problem.output,
        help=problem.help,
        data=problem.data,
    )


def _of_failure(
    failure: Failure, phase: Phase, position: int, step: Step | None, order: Mapping[Phase, int]
) -> Finding:
    return Finding(
        cause=failure.cause,
        message=failure.why,
        label=failure.label,
        phase=phase,
        position=position + 10_000 * order[phase],
        trace=failure.trace,
        output=failure.output,
        severity=Severity.WARNING if failure.warning else Severity.ERROR,
        program=failure.program,
        masked=failure.masked,
        waiting=failure.waiting,
        step=step,
    )
