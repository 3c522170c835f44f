"""Measured runs, where their file is given: FIRSTPUSH_MATRIX=PATH (see benchmarks/matrix_agreement.py)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.matrix_agreement import judge, predict, rows

MATRIX = os.environ.get("FIRSTPUSH_MATRIX", "")


@pytest.mark.skipif(not MATRIX, reason="FIRSTPUSH_MATRIX names no file")
def test_every_measured_run_is_predicted() -> None:
    chosen = [row for row in rows(Path(MATRIX)) if row["group"] not in ("T.tools", "E.setuppy")]
    verdicts = [judge(row["expected"], predict(row)) for row in chosen]
    wrong = [(row["id"], verdict) for row, verdict in zip(chosen, verdicts) if verdict not in ("right", "unknown")]
    assert not wrong
    assert verdicts.count("unknown") <= len(verdicts) / 100
