from __future__ import annotations

import json
from pathlib import Path

import pytest

from firstpush.cli.main import main
from tests.planning import project

FILES = {
    "requirements.txt": "fastapi\n",
    "nixpacks.toml": '[phases.install]\ncmds = ["pip install -r requirements.txt"]\n',
    "Procfile": "web: uvicorn main:app\n",
}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["plan", *words])
    return code, capsys.readouterr().out


def test_the_builders_own_format_with_origins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, FILES)
    code, out = run(capsys, str(tmp_path), "--builder", "nixpacks", "--env", "NIXPACKS_PKGS=jq", "--format", "json")
    value = json.loads(out)
    origins = value.pop("origins")
    assert code == 0
    assert sorted(value) == ["buildImage", "phases", "providers", "start", "variables"]
    assert value["phases"]["setup"]["nixPkgs"] == ["jq", "python3", "gcc"]
    assert origins["phases.install.cmds[0]"] == {
        "kind": "file",
        "path": "nixpacks.toml",
        "start_byte": 25,
        "end_byte": 58,
        "line": 2,
        "column": 9,
        "end_line": 2,
        "end_column": 42,
    }
    assert origins["phases.setup.nixPkgs[0]"] == {"kind": "variable", "name": "NIXPACKS_PKGS"}
    assert origins["phases.setup.nixPkgs[1]"]["kind"] == "default"


def test_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, FILES)
    code, out = run(capsys, str(tmp_path))
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == "railway · nixpacks 1.41 · ."
    assert "install pip install -r requirements.txt nixpacks.toml:2:9" in lines
    assert "start uvicorn main:app Procfile:1:6" in lines


def test_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, FILES)
    _, out = run(capsys, str(tmp_path), "--why")
    assert "why: builder nixpacks: nixpacks.toml exists" in out
    assert "is replaced" in out
    assert "variable: PORT=8080" in out


def test_a_forced_builder_plans_the_folder_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, {"a/main.py": "", "b/main.py": "", "a/requirements.txt": ""})
    code, out = run(capsys, str(tmp_path), "--builder", "nixpacks", "--format", "json")
    assert code == 0
    assert json.loads(out)["phases"] == {}


def test_several_roots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, {"a/nixpacks.toml": "", "a/main.py": "", "b/nixpacks.toml": "", "b/main.py": ""})
    code, out = run(capsys, str(tmp_path), "--format", "json")
    assert code == 0
    assert len(json.loads(out)["plans"]) == 2


def test_a_plan_that_the_builder_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, {"nixpacks.toml": "providers = 3\n", "main.py": ""})
    code, out = run(capsys, str(tmp_path), "--format", "json")
    assert code == 1
    assert "invalid type" in json.loads(out)["problems"][0]["output"]


def test_nothing_to_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, {"README.md": ""})
    assert run(capsys, str(tmp_path))[0] == 3
