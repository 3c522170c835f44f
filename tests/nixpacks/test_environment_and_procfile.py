from __future__ import annotations

from pathlib import Path

import pytest

from tests.planning import covered, keys, phase, planned, problem


def test_variables_replace_commands_and_add_packages(tmp_path: Path) -> None:
    env = {
        "NIXPACKS_PKGS": "cowsay ripgrep,jq",
        "NIXPACKS_APT_PKGS": "wget",
        "NIXPACKS_LIBS": "a,b c",
        "NIXPACKS_INSTALL_CMD": "make\ninstall",
        "NIXPACKS_BUILD_CACHE_DIRS": "/never",
        "NIXPACKS_START_CMD": "go",
    }
    plan = planned(tmp_path, {"requirements.txt": ""}, env=env)
    setup = phase(plan, "setup")
    assert setup["nixPkgs"] == ["cowsay", "ripgrep", "jq", "python3", "gcc"]
    assert setup["aptPkgs"] == ["wget"]
    assert setup["nixLibs"] == ["a,b", "c", "zlib", "stdenv.cc.cc.lib"]
    assert phase(plan, "install")["cmds"] == ["makeinstall"]
    assert "build" not in plan.native["phases"]
    assert plan.native["start"]["cmd"] == "go"
    assert plan.native["variables"]["NIXPACKS_PKGS"] == "cowsay ripgrep,jq"
    assert plan.origins["start.cmd"].describe() == "variable NIXPACKS_START_CMD"


def test_the_run_image_variable_has_no_effect(tmp_path: Path) -> None:
    assert "runImage" not in planned(tmp_path, {"main.py": ""}, env={"NIXPACKS_RUN_IMAGE": "x"}).native["start"]


def test_debian(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, {"x": "", "nixpacks.toml": '[phases.setup]\nnixPkgs=["hello"]'}, env={"NIXPACKS_DEBIAN": "1"}
    )
    assert "debian" in plan.native["buildImage"]
    assert phase(plan, "setup")["nixpkgsArchive"].startswith("a0b7e70")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("web: a\nworker: b\n", "a"),
        ("worker: b\napi: c\n", "b"),
        ("zed: z\napi: c\n", "c"),
        ("release: m\n", "python main.py"),
        ('web: "gunicorn app:app"  # serve\n', "gunicorn app:app"),
        ("web: gunicorn app:app # serve\n", "gunicorn app:app"),
        ("web: gunicorn app:app --bind 0.0.0.0:$PORT\n", "gunicorn app:app --bind 0.0.0.0:$PORT"),
    ],
)
def test_procfile(tmp_path: Path, text: str, start: str) -> None:
    plan = planned(tmp_path, {"main.py": "", "Procfile": text})
    assert plan.native["start"]["cmd"] == start


def test_the_start_points_into_the_procfile(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"main.py": "", "Procfile": 'web: "gunicorn app:app"\n'})
    assert plan.start is not None
    assert covered(tmp_path, plan.start.command.text.span()) == "gunicorn app:app"


@pytest.mark.parametrize(
    "text", ["web:gunicorn app\n", "web: echo a: b\n", "web: @x\n", "web:\n", "web: 1\n", "start it\n"]
)
def test_what_yaml_refuses_stops_the_plan(tmp_path: Path, text: str) -> None:
    found = problem(planned(tmp_path, {"main.py": "", "Procfile": text}), "nixpacks-procfile")
    assert found.fatal
    assert found.output is not None
    assert found.output.startswith("Error: Reading Procfile")


def test_what_of_yaml_is_not_modelled_is_unknown(tmp_path: Path) -> None:
    assert planned(tmp_path, {"main.py": "", "Procfile": "web: >\n  gunicorn\n  app\n"}).unknown is not None


def test_release_is_a_phase_of_the_build(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"requirements.txt": "", "Procfile": "web: a\nrelease: python manage.py migrate\n"})
    assert phase(plan, "release") == {
        "name": "release",
        "dependsOn": ["setup", "install", "build"],
        "cmds": ["python manage.py migrate"],
    }
    assert plan.steps[-1].phase == "release"
    assert covered(tmp_path, problem(plan, "nixpacks-release-in-build").primary.span) == "python manage.py migrate"


def test_the_file_wins_over_the_procfile(tmp_path: Path) -> None:
    files = {"main.py": "", "Procfile": "web: a\n", "nixpacks.toml": '[start]\ncmd = "b"\n'}
    plan = planned(tmp_path, files)
    assert plan.native["start"]["cmd"] == "b"
    assert [item.path for item in plan.dormant] == ["Procfile"]
    assert any("wins over `a`" in note for note in plan.notes)


def test_no_start(tmp_path: Path) -> None:
    found = problem(planned(tmp_path, {"requirements.txt": "", "app.py": ""}), "nixpacks-no-start")
    assert found.output == "Error: No start command could be found"


def test_the_process_that_is_started_by_its_name(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"main.py": "", "Procfile": "clock: a\napi: b\n"})
    assert covered(tmp_path, problem(plan, "nixpacks-process-type").primary.span) == "b"
    assert "nixpacks-process-type" not in keys(planned(tmp_path, {"main.py": "", "Procfile": "api: b\n"}))
