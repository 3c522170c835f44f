"""A plan run on the model of its machine: every step, then the start, past the first failure.

In: a `Plan` and the project's files; out: a `Simulation`: an outcome for each step and for the start, with the failures
that wait behind the first. Each step gets a new shell; files persist, `cd`, `export` and activations do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.machine import User
from firstpush.model.origin import BuilderDefault
from firstpush.model.outcome import Failure, Outcome, Verdict
from firstpush.model.plan import Phase, Plan, ShellForm, Start, Step
from firstpush.model.value import dataclass, replace
from firstpush.simulate.filesystem import Mount
from firstpush.simulate.shell.session import Shell
from firstpush.simulate.state import State
from firstpush.simulate.worlds import Execution

if TYPE_CHECKING:
    from firstpush.model.machine import Machine
    from firstpush.model.origin import Located
    from firstpush.project.tree import ProjectTree
    from firstpush.simulate.invocation import Serving


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """How one step (or the start: `step` None) ends. `serving`: what the start serves, where that is known."""

    id: str
    phase: Phase
    outcome: Outcome
    step: Step | None = None
    serving: Serving | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole deployment. `verdict`: of the commands only, without the plan's own problems; `why`: of an unknown
    verdict; `state`: the machine after the last step."""

    steps: tuple[StepOutcome, ...]
    start: StepOutcome | None
    health: StepOutcome | None
    verdict: Verdict
    why: str
    state: State

    def all_outcomes(self) -> Iterator[StepOutcome]:
        """Steps in order, then the start."""
        yield from self.steps
        if self.start is not None:
            yield self.start
        if self.health is not None:
            yield self.health


def simulate_plan(plan: Plan, tree: ProjectTree) -> Simulation:
    """Run the plan's steps and its start. Raises nothing; a plan without a machine has an unknown verdict."""
    from firstpush.model.machine import Machine

    machine = plan.machine if plan.machine is not None else Machine(closed=False)
    state = State.of(machine)
    run = _PlanRun(plan, machine, tree, state)
    outcomes = [run.step(step) for step in plan.steps]
    start = run.start(plan.start) if plan.start is not None else None
    health = run.health(start) if start is not None else None
    everything = [*outcomes, *(one for one in (start, health) if one is not None)]
    failing = any(
        not failure.masked
        for one in everything
        if one.step is None or not one.step.optional
        for failure in one.outcome.failures
        if one.outcome.verdict is Verdict.FAILS
    )
    doubt = next((one.outcome.why for one in everything if one.outcome.verdict is Verdict.UNKNOWN), "")
    verdict = Verdict.FAILS if failing else Verdict.UNKNOWN if doubt else Verdict.SUCCEEDS
    return Simulation(tuple(outcomes), start, health, verdict, doubt, run.state)


class _PlanRun:
    """The machine and the shell between steps."""

    def __init__(self, plan: Plan, machine: Machine, tree: ProjectTree, state: State) -> None:
        self.plan = plan
        self.machine = machine
        self.tree = tree
        self.state = state
        self.failed = False  # an earlier step stopped the deployment already
        self.shell: Shell | None = None  # what a step that is not isolated goes on with
        self.before: list[tuple[Step, Shell, Shell]] = []  # isolated steps: at their start, at their end
        self.masked: list[Failure] = []

    # -- steps -----------------------------------------------------------------------------------------------------

    def step(self, step: Step) -> StepOutcome:
        """Run one step; the state goes on as if it had worked."""
        if step.phase is Phase.SETUP and isinstance(step.command.origin, BuilderDefault):
            # What the packages bring is on the plan's machine already; the plan's problems say what is wrong with them.
            return StepOutcome(step.id, step.phase, Outcome(Verdict.SUCCEEDS, 0), step)
        self._show(step.files)
        shell = self._shell(step)
        from firstpush.simulate.steps import run_form

        execution, serving = run_form(self.state, shell, step.shell, step.command.text)
        outcome = execution.outcome
        if serving is not None and outcome.verdict is not Verdict.FAILS:
            outcome = _never_ends(outcome, step)
        self.state = execution.state
        outcome = self._lost(step, outcome, shell, execution)
        if self._told_by_plan(step):
            outcome = replace(outcome, failures=())
        outcome = replace(outcome, failures=self._told(outcome, step.optional))
        if step.isolated:
            self.before.append((step, shell, execution.shell))
            self.shell = None
        else:
            self.shell = execution.shell
        return StepOutcome(step.id, step.phase, outcome, step)

    def _show(self, only: tuple[str, ...] | None) -> None:
        self.state.files.mounts = (Mount(self.plan.app_dir, self.tree, self.plan.root, only),)

    def _shell(self, step: Step) -> Shell:
        if not step.isolated and self.shell is not None:
            return self.shell
        return new_shell(self.machine, self.plan, step.shell, step.cwd, step.env, step.paths, step.user)

    def _told(self, outcome: Outcome, optional: bool) -> tuple[Failure, ...]:
        """The failures worth telling: those hidden by the shell as such, those behind the first as waiting."""
        found: list[Failure] = []
        seen: set[tuple[Cause, str]] = set()
        for failure in outcome.failures:
            if failure.cause in _ONCE:
                if (failure.cause, failure.program) in seen:
                    continue  # one repair ends them all
                seen.add((failure.cause, failure.program))
            if failure.warning:
                found.append(failure)
                continue
            if failure.masked:
                if failure.cause not in _NOT_TOLD:
                    self.masked.append(failure)
                    why = f"the shell goes on although a command fails here: {failure.why}"
                    found.append(replace(failure, cause=Cause.ERROR_MASKED, why=why))
                continue
            found.append(replace(failure, waiting=self.failed))
            if not optional:
                self.failed = True
        return tuple(found)

    def _told_by_plan(self, step: Step) -> bool:
        """Whether the plan itself says that this command does not belong here: what it does then is no news."""
        span = step.command.text.span()
        return any(
            problem.key == "nixpacks-phases-start" and span is not None and problem.primary.span.contains(span)
            for problem in self.plan.problems
        )

    def _lost(self, step: Step, outcome: Outcome, shell: Shell, execution: Execution) -> Outcome:
        """Add the loss of an earlier command's `cd`, `export` or activation when that is why this one fails."""
        from firstpush.simulate.lost_state import lost_state

        failure = outcome.failure
        if failure is None or not step.isolated or outcome.verdict is not Verdict.FAILS:
            return outcome
        for earlier, begun, ended in reversed(self.before):
            if earlier.shell is not step.shell:
                continue
            found = lost_state(execution.begun, step, shell, failure, earlier, begun, ended)
            if found is not None:
                # What was meant: the command in the shell of the earlier one. The state goes on from there.
                found[1].assumed = (*found[1].assumed, *self.state.assumed)
                self.state = found[1]
                return replace(outcome, failures=(*outcome.failures, found[0]))
        return outcome

    # -- start -----------------------------------------------------------------------------------------------------

    def start(self, start: Start) -> StepOutcome:
        """Run the start in the run-time image."""
        from firstpush.simulate.start_run import run_start

        whole = self.state
        self._show(None)
        outcome, serving = run_start(self.plan, self.machine, whole, start, self.masked)
        outcome = replace(outcome, failures=self._told(outcome, optional=False))
        return StepOutcome("start", Phase.START, outcome, None, serving)

    def health(self, start: StepOutcome) -> StepOutcome | None:
        """Ask the health path of what the start serves; None when the plan has no health check or nothing serves."""
        if self.plan.health is None or self.plan.health.path is None or start.serving is None:
            return None
        from firstpush.simulate.health import health_failure

        self._show(None)
        failure = health_failure(self.plan, self.tree, self.state, start.serving)
        if failure is None:
            return None
        failure = replace(failure, waiting=self.failed)
        return StepOutcome("health", Phase.HEALTH, Outcome(Verdict.FAILS, None, (failure,), None, failure.why))


# Causes that one repair of a step ends for all its commands: told once a step.
_ONCE = frozenset(
    (
        Cause.PEP668_REFUSED,
        Cause.PIP_COMMAND_NOT_FOUND,
        Cause.NO_MODULE_PIP,
        Cause.PYTHON_COMMAND_NOT_FOUND,
        Cause.NOT_A_VIRTUALENV,
    )
)
# What a script may ignore without harm, or what says too little to be worth a word.
_NOT_TOLD = frozenset((Cause.OTHER, Cause.USAGE_ERROR, Cause.COMMAND_NOT_FOUND))


def _never_ends(outcome: Outcome, step: Step) -> Outcome:
    from firstpush.model.diagnostic import Label

    why = "this starts a server while the image is built, and the build waits for it until it is stopped"
    span = step.command.text.span()
    failure = Failure(Cause.OOM_OR_TIMEOUT, why, Label(span, "runs until it is stopped") if span is not None else None)
    return Outcome(Verdict.FAILS, None, (*outcome.failures, failure), None, why)


def new_shell(
    machine: Machine,
    plan: Plan,
    form: ShellForm,
    cwd: str,
    env: Mapping[str, str],
    paths: tuple[Located[str], ...],
    user: str,
) -> Shell:
    """The shell that a step or the start begins with. PATH: `paths`, then the environment's."""
    variables: dict[str, str | None] = {**machine.env, **env}
    path = variables.get("PATH")
    if paths and path is not None:
        variables["PATH"] = ":".join([*(one.value for one in paths), path])
    who = machine.user if machine.user.name == user else User(user, 1000, f"/home/{user}")
    if user == "root":
        who = User()
    shell = Shell(user=who, cwd=cwd, variables=variables, exported=set(variables), open_environment=True)
    shell.dialect = "sh" if form is ShellForm.SH and machine.os_id in ("debian", "ubuntu", "alpine") else "bash"
    shell.pipefail = form is ShellForm.BASH_LOGIN_PIPEFAIL
    return shell


__all__ = ["Simulation", "StepOutcome", "new_shell", "simulate_plan"]
