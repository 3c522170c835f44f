"""One cache for the whole session: a replica's layers are made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from firstpush.model.outcome import Outcome
from firstpush.model.plan import Plan
from firstpush.rehearsal import Rehearsal, RehearsalOptions, rehearse
from firstpush.rehearsal.replica import interpreters
from firstpush.rehearsal.sandbox import bwrap
from tests.rehearsal import plans

Rehearse = Callable[..., Rehearsal]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if bwrap.find() is None:
        for item in items:
            if item.get_closest_marker("sandbox"):
                item.add_marker(pytest.mark.skip(reason="bubblewrap is not installed"))


def needs_python(*minors: str) -> None:
    """Skip where this machine has no Python of these minor versions: another one proves nothing."""
    here = {python.minor for python in [*interpreters.find(), *interpreters.find_system()]}
    missing = [minor for minor in minors if minor not in here]
    if missing:
        pytest.skip(f"no Python {', '.join(missing)} here")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A project with a small server and no requirement."""
    return plans.project(tmp_path / "project", main__py=plans.SERVER, requirements__txt="")


@pytest.fixture
def run(cache: Path, app: Path) -> Rehearse:
    """Rehearse a plan for `app` with options. `blind`: also with another minor version than the plan's."""

    def go(
        plan: Plan,
        predicted: dict[str, Outcome] | None = None,
        folder: Path = app,
        blind: bool = False,
        **options: object,
    ) -> Rehearsal:
        if plan.machine is not None and not blind:
            needs_python(*(".".join(one.version.split(".")[:2]) for one in plan.machine.interpreters))
        asked = RehearsalOptions(cache=cache, **{"offline": True, **options})  # type: ignore[arg-type]
        return rehearse(plan, folder, options=asked, predicted=predicted)

    return go
