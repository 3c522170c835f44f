"""The builder's own snapshots judge our plans: set FIRSTPUSH_NIXPACKS to a checkout of railwayapp/nixpacks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


@pytest.mark.oracle
def test_every_python_and_generic_snapshot_is_met(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = os.environ.get("FIRSTPUSH_NIXPACKS")
    if not checkout or not Path(checkout, "tests/snapshots").is_dir():
        pytest.skip("FIRSTPUSH_NIXPACKS names no checkout of the builder")
    from tasks import nixpacks_agreement

    monkeypatch.setattr(sys, "argv", ["nixpacks_agreement", checkout])
    assert nixpacks_agreement.main() == 0
    counts = {
        tuple(line.split()[:2]): int(line.split()[-1])
        for line in capsys.readouterr().out.splitlines()[-40:]
        if "equal" in line
    }
    assert counts["python", "equal"] >= 17
    assert counts["generic", "equal"] >= 13
