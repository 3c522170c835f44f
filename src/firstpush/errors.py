"""Fatal errors, one class each, with its exit code.

A message has four parts: what happened, what was found, why it matters, what to do next. Findings are never exceptions.
"""

from __future__ import annotations


class FirstpushError(Exception):
    """Base of everything that ends a run. `exit_code` is what the process returns."""

    exit_code = 4

    def __init__(self, what: str, *, found: str = "", why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.found = found
        self.why = why
        self.next_step = next_step

    def lines(self) -> list[str]:
        """The message, a line a part, empty parts left out."""
        return [part for part in (self.what, self.found, self.why, self.next_step) if part]


class UsageError(FirstpushError):
    """An option or argument that cannot be taken."""

    exit_code = 2


class ConfigurationError(FirstpushError):
    """firstpush's own configuration is wrong (unknown key, bad value)."""

    exit_code = 2


class NothingToCheck(FirstpushError):
    """No deployment configuration and no app were found."""

    exit_code = 3


class UnreadableInput(FirstpushError):
    """A file or folder that the user named cannot be read."""

    exit_code = 2


class RehearsalFailed(FirstpushError):
    """The rehearsed deployment failed."""

    exit_code = 5


class CannotRehearse(FirstpushError):
    """No sandbox can be made here."""

    exit_code = 6


class WriteRefused(FirstpushError):
    """A file was not written: it changed since it was read, is read-only, or the disk is full. Nothing was changed."""

    exit_code = 2
