"""Whether a prediction and reality agree. In: `Observation`, the simulator's answer; out: what disagrees, or None."""

from __future__ import annotations

from typing import Any

from tests.oracle.laboratory import Observation


def disagreement(seen: Observation, answer: dict[str, Any]) -> str | None:
    """An unknown agrees with everything. A success must land where it was predicted, a refusal must be PEP 668's."""
    if answer["outcome"] == "unknown":
        return None
    really = "succeeds" if seen.ran.code == 0 else "fails"
    if answer["outcome"] != really:
        return f"outcome: {answer['outcome']}, really {really} ({seen.ran.code})"
    if (answer["cause"] == "pep668-refused") != (seen.refused and really == "fails"):
        return f"cause: {answer['cause']}, really {'refused' if seen.refused else 'not refused'}"
    if really == "fails":
        usage = answer["cause"] == "usage-error" and seen.ran.code in (
            2,
            3,
        )  # two bad settings: the first in the environment
        if answer["exit_code"] not in (None, seen.ran.code) and not usage:
            return f"exit code: {answer['exit_code']}, really {seen.ran.code}"
        return None
    places = seen.places or {"none"}
    if answer["where"] not in places and not (answer["where"] == "venv" and "file" in places):
        return f"place: {answer['where']}, really {sorted(places)}"
    return None
