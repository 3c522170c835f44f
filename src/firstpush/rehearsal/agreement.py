"""Holds real outcomes against predicted ones. A disagreement is a bug of ours; `unknown` is never one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firstpush.model.cause import Cause
from firstpush.model.outcome import Outcome, Verdict
from firstpush.rehearsal.values import CommandResult, Disagreement

# A prediction knows why; an output shows only what happened. Observed → predicted causes that look like it.
_LOOKS_LIKE: Mapping[Cause, frozenset[Cause]] = {
    Cause.COMMAND_NOT_FOUND: frozenset(
        {
            Cause.SCRIPT_NOT_ON_PATH,
            Cause.MISSING_DEPENDENCY,
            Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
            Cause.STATE_LOST_BETWEEN_COMMANDS,
            Cause.USER_INSTALL_LOST,
            Cause.START_PYTHON_MISMATCH,
            Cause.CD_EXEC_FORM,
            Cause.ERROR_MASKED,
        }
    ),
    Cause.MODULE_NOT_FOUND_AT_START: frozenset(
        {
            Cause.MISSING_DEPENDENCY,
            Cause.START_PYTHON_MISMATCH,
            Cause.USER_INSTALL_LOST,
            Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
            Cause.STATE_LOST_BETWEEN_COMMANDS,
            Cause.WRONG_ENTRYPOINT_PATH,
            Cause.WRONG_WORKING_DIRECTORY,
            Cause.ERROR_MASKED,
        }
    ),
    Cause.WRONG_ENTRYPOINT_PATH: frozenset({Cause.MODULE_NOT_FOUND_AT_START, Cause.WRONG_WORKING_DIRECTORY}),
    Cause.MISSING_DEPENDENCY: frozenset({Cause.MODULE_NOT_FOUND_AT_START, Cause.START_PYTHON_MISMATCH}),
    Cause.PYTHON_COMMAND_NOT_FOUND: frozenset({Cause.SCRIPT_NOT_ON_PATH, Cause.COMMAND_NOT_FOUND}),
    Cause.PIP_COMMAND_NOT_FOUND: frozenset({Cause.SCRIPT_NOT_ON_PATH, Cause.COMMAND_NOT_FOUND}),
    Cause.BOUND_TO_LOOPBACK: frozenset({Cause.PORT_HARDCODED}),
}


def agrees(predicted: Cause, observed: Cause) -> bool:
    """Whether the predicted cause would show as the observed one."""
    return predicted is observed or predicted in _LOOKS_LIKE.get(observed, frozenset())


def compare(results: Sequence[CommandResult], predicted: Mapping[str, Outcome]) -> tuple[int, tuple[Disagreement, ...]]:
    """(how many commands could be compared, where they differ)."""
    compared = 0
    found: list[Disagreement] = []
    for result in results:
        outcome = predicted.get(result.id)
        if outcome is None or result.skipped or Verdict.UNKNOWN in (outcome.verdict, result.verdict):
            continue
        compared += 1
        failure = outcome.failure
        cause = failure.cause if failure else None
        told = f"{outcome.verdict}" + (f" ({cause})" if cause and outcome.verdict is Verdict.FAILS else "")
        real = f"{result.verdict}" + (f" ({result.cause})" if result.cause else "")
        different_cause = (
            outcome.verdict is Verdict.FAILS
            and cause is not None
            and result.cause is not None
            and Cause.OTHER not in (cause, result.cause)
            and not agrees(cause, result.cause)
        )
        if outcome.verdict is not result.verdict or different_cause:
            found.append(Disagreement(result.id, result.command, told, real))
    return compared, tuple(found)
