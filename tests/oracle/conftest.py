"""The laboratory of a session, and the count of what was compared."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracle.laboratory import Laboratory
from tests.oracle.replica import serve
from tests.oracle.strategies import PIPS, UVS

COUNTS: dict[str, Counter[str]] = {}


@pytest.fixture(scope="session")
def laboratory(request: pytest.FixtureRequest) -> Iterator[Laboratory]:
    """Pythons, pips and uvs on disk. Not below /tmp: everybody may write there."""
    given = os.environ.get("FIRSTPUSH_ORACLE_CACHE")
    cache = Path(given) if given else Path(str(request.config.cache.mkdir("oracle")))
    root = Path(tempfile.mkdtemp(prefix="firstpush-oracle-", dir="/var/tmp"))
    root.chmod(0o755)
    try:
        with serve(root / "index") as url:
            laboratory = Laboratory(root, cache, url)
            laboratory.build(PIPS, UVS)
            yield laboratory
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def counts() -> dict[str, Counter[str]]:
    """Tool → how often prediction and reality agreed."""
    return COUNTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for tool, count in sorted(COUNTS.items()):
        total = sum(count.values())
        terminalreporter.write_line(
            f"oracle: {tool}: {total} generated commands really run, {count['agrees']} agreements, "
            f"{count['unknown']} unknown, {count['disagrees']} disagreements"
        )
