"""The start of the app in the run-time image: does it start, and does it listen where the platform looks?

In: the plan, the machine's state after the build, the `Start`; out: an `Outcome` and what serves. The image may lack
folders of the build (`Start.keeps`, cache directories): what was installed there is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.outcome import Failure, Outcome, Verdict
from firstpush.model.value import replace
from firstpush.simulate.invocation import Remove, Serving
from firstpush.simulate.steps import run_form

if TYPE_CHECKING:
    from firstpush.model.machine import Machine
    from firstpush.model.plan import Plan, Start
    from firstpush.simulate.shell.session import Shell
    from firstpush.simulate.state import State

_LOSABLE = frozenset(
    (
        Cause.MODULE_NOT_FOUND_AT_START,
        Cause.MISSING_DEPENDENCY,
        Cause.COMMAND_NOT_FOUND,
        Cause.PYTHON_COMMAND_NOT_FOUND,
        Cause.PIP_COMMAND_NOT_FOUND,
        Cause.SCRIPT_NOT_ON_PATH,
        Cause.START_PYTHON_MISMATCH,
        Cause.WRONG_ENTRYPOINT_PATH,
        Cause.OTHER,
    )
)
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1", "[::1]"))


def run_start(
    plan: Plan, machine: Machine, whole: State, start: Start, masked: list[Failure]
) -> tuple[Outcome, Serving | None]:
    """See the module's docstring. `masked`: failures of the build that the shell hid."""
    from firstpush.simulate.plan_run import new_shell

    env = dict(start.env)
    if plan.port is not None:
        env.setdefault("PORT", str(plan.port))
    shell = new_shell(machine, plan, start.shell, start.cwd, env, start.paths, start.user)
    if "PORT" not in shell.variables:
        shell.set("PORT", None, export=True)  # chosen by the platform
    state = _run_time(plan, whole, start)
    execution, serving = run_form(state, shell, start.shell, start.command.text)
    outcome = execution.outcome
    failure = outcome.failure
    if failure is not None and outcome.verdict is Verdict.FAILS:
        better = _lost_install(plan, whole, start, shell, failure) if state is not whole else None
        failures = outcome.failures
        if better is None and masked and failure.cause in _LOSABLE:
            better = _after_masked(failure, masked[-1])
        if better is not None:
            failures = tuple(better if one is failure else one for one in failures)
        elif failure.cause in (Cause.SCRIPT_NOT_ON_PATH, Cause.START_PYTHON_MISMATCH):
            from firstpush.simulate.start_past import behind

            failures = (*failures, *behind(state, shell, start, outcome))
        return replace(outcome, failures=failures), serving
    if serving is not None:
        outcome = replace(outcome, failures=(*outcome.failures, *listening(plan, serving, start)))
        if any(not one.masked and not one.warning for one in outcome.failures):
            outcome = replace(outcome, verdict=Verdict.FAILS)
    elif outcome.verdict is Verdict.SUCCEEDS:
        why = "whether the start command goes on running is not known"
        outcome = replace(outcome, verdict=Verdict.UNKNOWN, why=why)
    return outcome, serving


def _run_time(plan: Plan, whole: State, start: Start) -> State:
    """The state that the run-time image has."""
    caches = [folder for step in plan.steps for folder in step.cache_directories]
    present = [folder for folder in caches if whole.files.exists(folder)]
    if start.keeps is None and not present:
        return whole
    state = whole.copy()
    for folder in present:
        state.apply(Remove(folder))
    if start.keeps is not None:
        state.keep_only(start.keeps)
    return state


def _lost_install(plan: Plan, whole: State, start: Start, shell: Shell, failure: Failure) -> Failure | None:
    """The failure as the loss of what the build installed, when the start works with all of the build's files."""
    if failure.cause not in _LOSABLE:
        return None
    execution, _ = run_form(whole, shell, start.shell, start.command.text)
    if execution.outcome.verdict is Verdict.FAILS:
        return None
    kept = ", ".join(start.keeps) if start.keeps else "everything but the cache directories"
    why = f"{failure.why}; the build has it, but the run-time image gets only {kept}"
    trace = (*failure.trace, TraceStep(f"of the build's files the run-time image keeps only: {kept}"))
    return replace(failure, cause=Cause.INSTALL_NOT_IN_RUNTIME_IMAGE, why=why, trace=trace)


def _after_masked(failure: Failure, hidden: Failure) -> Failure:
    """Say which hidden failure of the build this one follows from."""
    rung = TraceStep(f"in the build a failure was hidden: {hidden.why}", hidden.label.span if hidden.label else None)
    return replace(failure, trace=(rung, *failure.trace))


def listening(plan: Plan, serving: Serving, start: Start) -> list[Failure]:
    """What is wrong with where the server listens. A fixed port is a warning: a variable PORT of the service, which the
    files do not show, may hold that number."""
    found: list[Failure] = []
    span = start.command.text.span()
    host = serving.host.text if serving.host is not None else serving.default_host
    at = serving.host.span if serving.host is not None else span
    checked = plan.health is not None and plan.health.path is not None
    if host is not None and host in _LOOPBACK:
        said = f"listens on {host}" if serving.host is not None else f"listens on {host} when no host is given"
        why = f"{serving.program} {said}: requests from outside the container do not reach it"
        label = Label(at, "not reachable from outside") if at is not None else None
        found.append(Failure(Cause.PORT_HARDCODED, why, label, warning=not checked, program=serving.program))
        return found
    port = serving.port
    text = port.text if port is not None else None
    if port is not None and text is None:
        return found
    number = int(text) if text is not None and text.isdigit() else serving.default_port if port is None else None
    if number is None or (plan.port is not None and number == plan.port):
        return found
    place = port.span if port is not None and port.span is not None else span
    said = f"on port {number}" if port is not None else f"on port {number} when none is given"
    why = (
        f"{serving.program} listens {said}, not on the port that the platform injects as PORT, "
        f"unless the service's variable PORT is {number}"
    )
    label = Label(place, "fixed port") if place is not None else None
    found.append(Failure(Cause.PORT_HARDCODED, why, label, warning=True, program=serving.program))
    return found
