"""The failures of a run, in the order met. In: failures as they happen; out: the list, with what was masked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from firstpush.model.cause import Cause
from firstpush.model.outcome import Failure
from firstpush.simulate.shell.ast import Command, Group, Simple


class Recorder:
    """The failures of a run in the order met; `masked`: the shell went on and the failure decided nothing."""

    def __init__(self) -> None:
        self._entries: list[tuple[Failure, bool]] = []
        self._silent = False

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Record nothing inside."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    def position(self) -> int:
        return len(self._entries)

    def forget_masked(self, since: int) -> None:
        """Drop what was masked since: another command made up for it."""
        self._entries[since:] = [entry for entry in self._entries[since:] if not entry[1]]

    def add(self, failure: Failure, masked: bool) -> None:
        """Record once; a failure that turns out to decide is no longer masked."""
        if self._silent:
            return
        for number, (known, was_masked) in enumerate(self._entries):
            if known is failure:
                self._entries[number] = (known, was_masked and masked)
                return
        self._entries.append((failure, masked))

    def failures(self) -> list[tuple[Failure, bool]]:
        return list(self._entries)

    def last(self) -> Failure | None:
        """The failure met last."""
        return self._entries[-1][0] if self._entries else None


# Failures of an install after which only a part of what was meant is known.
PARTIAL = frozenset(
    (
        Cause.INVALID_REQUIREMENT,
        Cause.WRONG_REQUIREMENTS_PATH,
        Cause.NO_MATCHING_DISTRIBUTION,
        Cause.DEPENDENCY_CONFLICT,
    )
)


def only_masks(command: Command) -> bool:
    """`|| true`, `|| :`, `|| echo …`: nothing that makes up for the failure before it."""
    if isinstance(command, Group):
        return all(only_masks(item.command) for item in command.body)
    if not isinstance(command, Simple) or not command.words:
        return False
    return command.words[0].literal in ("true", ":", "echo", "printf", "exit")
