"""One command on a described machine, for `firstpush simulate`. In: a machine, a command; out: an `Answer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstpush.model.cause import Cause
from firstpush.model.machine import Machine
from firstpush.model.outcome import Outcome, Place, Verdict
from firstpush.model.text import SpannedText
from firstpush.model.value import dataclass
from firstpush.simulate.machine_json import machine_from_json
from firstpush.simulate.shell.session import Shell
from firstpush.simulate.worlds import execute


@dataclass(frozen=True, slots=True)
class Answer:
    """What is predicted. `cause` when it fails, `where` when it succeeds."""

    outcome: Outcome

    @property
    def verdict(self) -> Verdict:
        return self.outcome.verdict

    @property
    def cause(self) -> Cause | None:
        if self.outcome.verdict is not Verdict.FAILS:
            return None
        deciding = [failure for failure in self.outcome.failures if not failure.masked and not failure.warning]
        cause = deciding[-1].cause if deciding else Cause.OTHER
        # The contract has no word of its own for a program that does not exist.
        return Cause.OTHER if cause is Cause.COMMAND_NOT_FOUND else cause

    @property
    def where(self) -> Place | None:
        return self.outcome.where if self.outcome.verdict is Verdict.SUCCEEDS else None

    def to_answer(self) -> dict[str, Any]:
        """The JSON object of the contract."""
        return {
            "format": 1,
            "outcome": str(self.outcome.verdict),
            "exit_code": self.outcome.exit_code,
            "cause": str(self.cause) if self.cause is not None else None,
            "where": str(self.where) if self.where is not None else None,
            "why": self.outcome.why,
        }


def shell_of(machine: Machine, *, env: Mapping[str, str | None] | None = None) -> Shell:
    """A new shell of the machine's user in its working directory. `env`: instead of the machine's environment."""
    given: dict[str, str | None] = {**machine.env} if env is None else dict(env)
    dialect = "sh" if machine.shell.endswith(("/sh", "/dash", "/ash")) else "bash"
    return Shell(user=machine.user, cwd=machine.cwd, variables=given, exported=set(given), dialect=dialect)


def predict(machine: Machine | Mapping[str, Any], command: str) -> Answer:
    """See `firstpush.simulate.simulate`."""
    from firstpush.simulate.state import State

    described = machine if isinstance(machine, Machine) else machine_from_json(machine)
    state = State.of(described)
    return Answer(execute(state, shell_of(described), SpannedText(command)).outcome)
