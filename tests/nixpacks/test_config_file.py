from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Severity
from tests.planning import covered, keys, phase, planned, problem


@pytest.mark.parametrize(
    ("name", "text", "words", "at"),
    [
        (
            "nixpacks.toml",
            '[phases.install]\ncmds = "x"\n',
            'invalid type: string "x", expected a sequence for key `phases.install.cmds` at line 2 column 8',
            '"x"',
        ),
        (
            "nixpacks.toml",
            "[variables]\nPORT = 8000\n",
            "invalid type: integer `8000`, expected a string for key `variables.PORT` at line 2 column 8",
            "8000",
        ),
        (
            "nixpacks.toml",
            "[variables]\nDEBUG = true\n",
            "invalid type: boolean `true`, expected a string for key `variables.DEBUG` at line 2 column 9",
            "true",
        ),
        # toml 0.5 places a table at the last header of the file, wherever the wrong one is.
        (
            "nixpacks.toml",
            '[providers]\na = "b"\n\n[phases.install]\ncmds = []\n\n[start]\ncmd = "x"\n',
            "invalid type: map, expected a sequence for key `providers` at line 7 column 1",
            "providers",
        ),
        (
            "nixpacks.toml",
            "[phases.setup]\naptPkgs = []\n[phases.install]\ncmds = []\n[phases.setup]\nnixPkgs = []\n",
            "redefinition of table `phases.setup` for key `phases.setup` at line 5 column 1",
            "[phases.setup]",
        ),
        (
            "nixpacks.toml",
            '[phases.install]\ncmds = ["a"]\ncommands = ["b"]\n',
            "duplicate field `cmds` for key `phases.install` at line 1 column 1",
            "commands",
        ),
        (
            "nixpacks.json",
            '{"phases": {\n  "install": {"cmds": ["pip", null]}}}',
            "invalid type: null, expected a string at line 2 column 34",
            "null",
        ),
        (
            "nixpacks.json",
            '{"phases": {"install": []}}',
            "invalid length 0, expected struct Phase with 11 elements at line 1 column 25",
            "[]",
        ),
        (
            "nixpacks.json",
            '{"start": {"cmd": ["python"]}}',
            "invalid type: sequence, expected a string at line 1 column 18",
            '["python"]',
        ),
    ],
)
def test_a_wrong_type_is_told_in_the_builders_words(tmp_path: Path, name: str, text: str, words: str, at: str) -> None:
    plan = planned(tmp_path, {name: text, "requirements.txt": ""})
    found = plan.problems[-1]
    assert found.fatal
    assert found.cause is Cause.CONFIG_PARSE_ERROR
    assert found.output == f"Error: Failed to parse Nixpacks config file `{name}`\n\nCaused by:\n    {words}"
    assert covered(tmp_path, found.primary.span) == at
    assert plan.steps == ()


@pytest.mark.parametrize(
    ("text", "guilty", "meant"),
    [
        ('[phases.setup]\nnixpkgs = ["a"]\n', "nixpkgs", "nixPkgs"),
        ('[phases.setup]\nnix_pkgs = ["a"]\n', "nix_pkgs", "nixPkgs"),
        ('[phases.install]\ncmd = "a"\n', "cmd", "cmds"),
        ('[start]\ncommand = "a"\n', "command", "cmd"),
        ('[build]\ncmds = ["a"]\n', "build", "phases.build"),
        ('[env]\nA = "b"\n', "env", "variables"),
        ('[phases.install]\ncacheDirectory = ["a"]\n', "cacheDirectory", "cacheDirectories"),
    ],
)
def test_an_ignored_key_is_named_with_what_was_meant(tmp_path: Path, text: str, guilty: str, meant: str) -> None:
    plan = planned(tmp_path, {"nixpacks.toml": text, "requirements.txt": "", "main.py": ""})
    found = problem(plan, "nixpacks-unknown-key")
    assert covered(tmp_path, found.primary.span) == guilty
    assert found.data["meant"] == meant
    assert found.severity is Severity.WARNING


def test_an_ignored_key_has_no_effect(tmp_path: Path) -> None:
    files = {"nixpacks.toml": '[phases.setup]\nnixpkgs = ["python39"]\n', "requirements.txt": "", "main.py": ""}
    assert phase(planned(tmp_path, files), "setup")["nixPkgs"] == ["python3", "gcc"]


@pytest.mark.parametrize(
    ("alias", "key"),
    [
        ("nixPackages", "nixPkgs"),
        ("nixLibraries", "nixLibs"),
        ("aptPackages", "aptPkgs"),
        ("commands", "cmds"),
        ("envPaths", "paths"),
    ],
)
def test_aliases(tmp_path: Path, alias: str, key: str) -> None:
    plan = planned(tmp_path, {"nixpacks.toml": f'[phases.own]\n{alias} = ["x"]\n', "main.py": ""})
    assert phase(plan, "own")[key] == ["x"]
    assert "nixpacks-unknown-key" not in keys(plan)


def test_unknown_keys_are_told_also_when_a_later_step_stops_the_plan(tmp_path: Path) -> None:
    files = {"nixpacks.toml": 'providers = ["pyton"]\n[start]\ncommand = "x"\n', "main.py": ""}
    plan = planned(tmp_path, files)
    assert keys(plan) == ["nixpacks-unknown-key", "nixpacks-unknown-provider"]
    assert problem(plan, "nixpacks-unknown-provider").output == "Error: Provider pyton not found"
    assert "python" in problem(plan, "nixpacks-unknown-provider").primary.text


def test_only_one_file_is_read(tmp_path: Path) -> None:
    files = {"nixpacks.toml": '[start]\ncmd = "a"\n', "nixpacks.json": '{"start": {"cmd": "b"}}', "main.py": ""}
    plan = planned(tmp_path, files)
    assert plan.native["start"]["cmd"] == "a"
    assert [item.path for item in plan.dormant] == ["nixpacks.json"]


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    files = {"nixpacks.toml": '[start]\ncmd = "a"\n', "deploy/n.json": '{"start": {"cmd": "b"}}', "main.py": ""}
    plan = planned(tmp_path, files, env={"NIXPACKS_CONFIG_FILE": "deploy/n.json"})
    assert plan.native["start"]["cmd"] == "b"


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("none.toml", "Error: Config file none.toml does not exist"),
        ("main.py", "Error: Unknown file type: main.py"),
    ],
)
def test_a_file_that_cannot_be_taken(tmp_path: Path, name: str, output: str) -> None:
    plan = planned(tmp_path, {"main.py": ""}, env={"NIXPACKS_CONFIG_FILE": name})
    assert problem(plan, "nixpacks-config-missing").output == output


def test_each_command_knows_its_bytes(tmp_path: Path) -> None:
    text = "\ufeff# ü\r\n[phases.install]\r\ncmds = [\"echo \\u00e9 && pip install x\", '''\r\nsecond''']\r\n"
    plan = planned(tmp_path, {"nixpacks.toml": text, "main.py": ""})
    first, second = (step.command.text for step in plan.steps if step.phase == "install")
    start = first.text.index("pip")
    assert covered(tmp_path, first.span(start, start + 11)) == "pip install"
    assert covered(tmp_path, second.span()) == "second"


def test_variables_of_the_file_reach_the_provider_but_not_the_environment_layer(tmp_path: Path) -> None:
    files = {
        "nixpacks.toml": '[variables]\nNIXPACKS_PYTHON_VERSION = "3.10"\nNIXPACKS_INSTALL_CMD = "no"\n',
        "requirements.txt": "",
    }
    plan = planned(tmp_path, files)
    assert phase(plan, "setup")["nixPkgs"][0] == "python310"
    assert phase(plan, "install")["cmds"][0].startswith("python -m venv")


def test_the_files_variable_wins_over_the_services_in_the_image(tmp_path: Path) -> None:
    files = {"nixpacks.toml": '[variables]\nA = "file"\n', "main.py": ""}
    plan = planned(tmp_path, files, env={"A": "service", "B": "service"})
    assert plan.native["variables"]["A"] == "file"
    assert plan.native["variables"]["B"] == "service"
