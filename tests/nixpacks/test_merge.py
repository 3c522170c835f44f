from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.config.nixpacks_layer import PhaseLayer, Pieces, pieces
from firstpush.model.origin import OptionOrigin
from firstpush.platforms.nixpacks.merge import fill, sorted_phases, without_auto
from tests.planning import phase, planned

HERE = OptionOrigin("test")


def texts(items: Pieces | None) -> list[str] | None:
    return None if items is None else [str(item) for item in items]


def words(*names: str) -> Pieces:
    return pieces(names, HERE)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, None),
        (words("a"), None, ["a"]),
        (None, words("b"), ["b"]),
        (words("a"), words("b"), ["b"]),
        (words("a"), (), []),
        (words("a"), words("...", "b"), ["a", "b"]),
        (words("a"), words("b", "@auto"), ["b", "a"]),
        (words("a"), words("...", "b", "..."), ["a", "b", "a"]),
        (None, words("..."), []),
    ],
)
def test_a_list_is_replaced_unless_it_names_what_was_there(
    low: Pieces | None, high: Pieces | None, expected: list[str] | None
) -> None:
    assert texts(without_auto(fill(low, high))) == expected


def test_the_token_stays_so_that_a_later_layer_brings_the_provider_back(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[phases.setup]\nnixPkgs = ["python311"]\n'}
    plan = planned(tmp_path, files, env={"NIXPACKS_PKGS": "ffmpeg"})
    assert phase(plan, "setup")["nixPkgs"] == ["ffmpeg", "python3", "gcc", "python311"]


def test_cmds_are_replaced_and_everything_else_of_the_phase_survives(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[phases.install]\ncmds = ["pip install x"]\n'}
    install = phase(planned(tmp_path, files), "install")
    assert install == {
        "name": "install",
        "dependsOn": ["setup"],
        "cmds": ["pip install x"],
        "cacheDirectories": ["/root/.cache/pip"],
        "paths": ["/opt/venv/bin"],
    }


def test_replacing_nix_packages_drops_gcc_but_neither_libraries_nor_archive(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[phases.setup]\nnixPkgs = ["python312"]\n'}
    setup = phase(planned(tmp_path, files), "setup")
    assert setup["nixPkgs"] == ["python312"]
    assert setup["nixLibs"] == ["zlib", "stdenv.cc.cc.lib"]
    assert setup["nixpkgsArchive"].startswith("bc8f8d1")


def test_a_phase_of_the_user_waits_for_the_usual_one(tmp_path: Path) -> None:
    files = {"nixpacks.toml": '[phases.install]\ncmds=["a"]\n[phases.build]\ncmds=["b"]\n[phases.other]\ncmds=["c"]\n'}
    plan = planned(tmp_path, files)
    assert phase(plan, "install")["dependsOn"] == ["setup"]
    assert phase(plan, "build")["dependsOn"] == ["install"]
    assert "dependsOn" not in phase(plan, "other")
    # No setup exists, so `install` waits for nothing and comes before `other` by name only.
    assert [str(step.command) for step in plan.steps] == ["a", "c", "b"]


def layered(**depends: list[str]) -> dict[str, PhaseLayer]:
    return {name: PhaseLayer(name, depends_on=words(*names)) for name, names in depends.items()}


def test_phases_run_in_batches_by_name() -> None:
    ordered = sorted_phases(layered(install=["setup"], build=["install"], setup=[], caddy=["setup"], start=[]))
    assert ordered is not None
    assert [item.name for item in ordered] == ["setup", "start", "caddy", "install", "build"]


def test_a_circle_has_no_order() -> None:
    assert sorted_phases(layered(a=["b"], b=["a"])) is None


def test_a_dependency_named_twice_is_never_resolved() -> None:
    assert sorted_phases(layered(a=["b", "b"], b=[])) is None


def test_second_provider_gets_prefixed_phases(tmp_path: Path) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node x"}}',
        "requirements.txt": "",
        "nixpacks.toml": 'providers = ["python", "node"]\n[phases."node:install"]\ncmds = []\n',
    }
    plan = planned(tmp_path, files)
    assert sorted(plan.native["phases"]) == ["install", "node:build", "node:install", "node:setup", "setup"]
    assert phase(plan, "node:install")["dependsOn"] == ["node:setup"]
    assert phase(plan, "node:install")["cmds"] == []
    assert plan.native["start"]["cmd"] == "npm run start"  # Python has no start here, so the second one's counts
    assert plan.native["variables"]["NIXPACKS_METADATA"] == "python,node"
