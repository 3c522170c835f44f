"""A report of `check` with the repairs put into its diagnostics."""

from __future__ import annotations

from pathlib import Path

from firstpush import fixes
from firstpush.api import check
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
