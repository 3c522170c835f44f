"""A report of `check` with the repairs put into its diagnostics."""

from __future__ import annotations

from pathlib import Path

from firstpush import fixes
from firstpush.api import check
from firstpush.fixes.curing import LEFT_OUT, MOST
from firstpush.platforms import Settings


def test_it_can_be_asked_twice(tmp_path: Path) -> None:
    (tmp_path / "nixpacks.toml").write_text('[phases.install]\ncmds = ["pip install -r requirements.txt"]\n')
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "main.py").write_text("import flask\n")
    settings = Settings(builder="nixpacks")
    report, tree = check(tmp_path, settings)
    assert not any(each.fixes for each in report.diagnostics)
    for _ in range(2):  # a submodule of the function's name would have taken its place after the first time
        cured = fixes.attach(report, tree, settings)
        first = cured.deployments[0].first_failure
        assert first is not None
        assert cured.diagnostics[first].fixes


def test_a_large_monorepo_is_bounded_and_says_so(tmp_path: Path) -> None:
    for number in range(MOST + 2):
        service = tmp_path / f"service-{number:02}"
        service.mkdir()
        (service / "requirements.txt").write_text("flask\n")
        (service / "main.py").write_text("import flask\n")
        (service / "railway.json").write_text('{"build": {"builder": "NIXPACKS"}}')
        (service / "nixpacks.toml").write_text('[phases.install]\ncmds = ["pip install -r requirements.txt"]\n')
    report, _ = check(tmp_path, Settings(), fixes=True)
    repaired = {each.deployment for each in report.diagnostics if each.fixes}
    assert repaired == set(range(MOST))
    assert [LEFT_OUT in each.notes for each in report.deployments] == [False] * MOST + [True, True]
