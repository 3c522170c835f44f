"""Real pip and uv against the model: generated command lines, settings, interpreters, users.

Bounded by time: FIRSTPUSH_ORACLE_SECONDS (60) for pip, half of it for uv. The summary says how many were run.
"""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from firstpush.simulate import simulate
from tests.oracle.laboratory import Case, Laboratory
from tests.oracle.strategies import pip_cases, uv_cases
from tests.oracle.verdict import disagreement

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.process, pytest.mark.network]

SECONDS = float(os.environ.get("FIRSTPUSH_ORACLE_SECONDS", "60"))
GENERATE = settings(
    max_examples=800,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def compare(laboratory: Laboratory, case: Case, count: Counter[str]) -> None:
    """Run it, predict it, hold one against the other."""
    seen, machine, command = laboratory.observe(case)
    answer = simulate(machine, command).to_answer()
    wrong = disagreement(seen, answer)
    count["disagrees" if wrong else "unknown" if answer["outcome"] == "unknown" else "agrees"] += 1
    assert wrong is None, (
        f"{wrong}\n{case}\nsaid: {answer}\nreally: exit {seen.ran.code} {sorted(seen.places)}\n"
        f"{seen.ran.stderr.decode('utf-8', 'replace')[-600:]}"
    )


def test_generated_pip_commands_do_what_is_predicted(laboratory: Laboratory, counts: dict[str, Counter[str]]) -> None:
    count = counts.setdefault("pip", Counter())
    end = time.monotonic() + SECONDS

    @GENERATE
    @given(pip_cases())
    def one(case: Case) -> None:
        if time.monotonic() < end:
            compare(laboratory, case, count)

    one()
    assert count["agrees"] >= 20
    assert count["unknown"] <= 0.1 * sum(count.values())


def test_generated_uv_commands_do_what_is_predicted(laboratory: Laboratory, counts: dict[str, Counter[str]]) -> None:
    count = counts.setdefault("uv", Counter())
    end = time.monotonic() + SECONDS / 2

    @GENERATE
    @given(uv_cases())
    def one(case: Case) -> None:
        if time.monotonic() < end:
            compare(laboratory, case, count)

    one()
    assert count["agrees"] >= 20
    assert count["unknown"] <= 0.1 * sum(count.values())
