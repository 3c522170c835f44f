"""Equal services of a monorepo get the repair that the first of them got, verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.fixes import engine, result, siblings
from firstpush.fixes.predict import predict_one
from firstpush.fixes.result import FixResult, fix
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree

INSTALL = '[phases.install]\ncmds = ["pip install -r requirements.txt"]\n'
FLAG = '[phases.setup]\nnixPkgs = ["python311", "pip"]\n'


def services(folder: Path, number: int, toml: str = INSTALL, first: int = 0) -> Path:
    for index in range(first, first + number):
        service = folder / f"service-{index}"
        service.mkdir(parents=True)
        (service / "requirements.txt").write_text("flask\n")
        (service / "main.py").write_text("import flask\n")
        (service / "railway.json").write_text('{"build": {"builder": "NIXPACKS"}}')
        (service / "nixpacks.toml").write_text(toml)
    return folder


def searched(monkeypatch: pytest.MonkeyPatch, folder: Path, **options: object) -> tuple[FixResult, int]:
    """The result, and how many deployments all strategies were searched for."""
    searches = []

    def counted(*args: object, **kwargs: object) -> object:
        searches.append(args)
        return engine.repairs_for(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(result, "repairs_for", counted)
    return fix(folder, Settings(), **options), len(searches)  # type: ignore[arg-type]


def test_the_search_is_made_once_and_its_result_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = services(tmp_path, 4)
    found, searches = searched(monkeypatch, folder)
    assert searches == 1
    assert found.closed
    monkeypatch.setattr(siblings, "kind", lambda *_: None)
    slow, all_searches = searched(monkeypatch, folder)
    assert all_searches == 4
    assert found.workspace.writes() == slow.workspace.writes()
    for quick, thorough in zip(found.deployments, slow.deployments, strict=True):
        assert quick.chosen is not None
        assert thorough.chosen is not None
        assert quick.chosen.fix() == thorough.chosen.fix()
        assert quick.chosen.links == thorough.chosen.links
        assert quick.verdict_after == thorough.verdict_after


def test_another_mistake_is_searched_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = services(services(tmp_path, 2), 2, INSTALL + FLAG, first=2)
    found, searches = searched(monkeypatch, folder)
    assert searches == 2
    assert found.closed


def test_what_does_not_end_the_same_is_not_taken_over(tmp_path: Path) -> None:
    tree = ProjectTree(services(services(tmp_path, 1), 1, INSTALL + FLAG, first=1))
    first, second = (predict_one(tree, Settings(), ("railway", f"service-{number}")) for number in (0, 1))
    assert first is not None
    assert second is not None
    won = engine.repairs_for(tree, Settings(), first)[0]
    same = siblings.again(won, tree, Settings(), first)
    assert same is not None
    assert same.fix() == won.fix()
    assert siblings.again(won, tree, Settings(), second) is None
    assert siblings.kind(tree, Settings(), first) != siblings.kind(tree, Settings(), second)


def test_the_name_of_the_folder_makes_no_difference() -> None:
    assert siblings.without("delete it from api/nixpacks.toml", "api") == "delete it from …/nixpacks.toml"
    assert siblings.without("in `api`, not in my-api or apis or x/api", "api") == (
        "in `…`, not in my-api or apis or x/api"
    )


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    fix(services(tmp_path, 3), Settings(), progress=told.append)
    assert told[:3] == ["1 of 3 deployments", "2 of 3 deployments", "3 of 3 deployments"]
    assert told[-1] == "3 of 3 deployments checked again"
