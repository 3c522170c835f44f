"""Holds real outcomes against predicted ones. A disagreement is a bug of ours; `unknown` is never one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firstpush.model.cause import Cause
from firstpush.model.outcome import Outcome, Verdict
from firstpush.rehearsal.values import CommandResult, Disagreement


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
            and cause is not result.cause
        )
        if outcome.verdict is not result.verdict or different_cause:
            found.append(Disagreement(result.id, result.command, told, real))
    return compared, tuple(found)
