from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.config import railway_file
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Severity
from firstpush.syntax import json, toml
from firstpush.syntax.source import Source
from tests.planning import covered


def read(text: str, environment: str | None = None, name: str = "railway.json") -> railway_file.RailwayFile:
    source = Source(name, text.encode())
    return railway_file.read(json.parse(source) if name.endswith("json") else toml.parse(source), environment)


# The sentences are those of deployment logs.
@pytest.mark.parametrize(
    ("text", "words", "at"),
    [
        ('{"build": {"builder": "nix"}}', "build.builder: Invalid input", '"nix"'),
        (
            '{"deploy": {"restartPolicyType": "on-failure"}}',
            "deploy.restartPolicyType: Invalid input",
            '"on-failure"',
        ),
        (
            '{"deploy": {"overlapSeconds": "60"}}',
            "deploy.overlapSeconds: Invalid input: expected number, received string",
            '"60"',
        ),
        (
            '{"build": {"nixpacksPlan": "{}"}}',
            "build.nixpacksPlan: Expected object, received string",
            '"{}"',
        ),
    ],
)
def test_a_wrong_value_in_railways_words(tmp_path: Path, text: str, words: str, at: str) -> None:
    (tmp_path / "railway.json").write_text(text)
    found = read(text)
    (problem,) = found.problems
    assert found.refused
    assert problem.output == f"Failed to parse your service config. Error: {words}"
    assert covered(tmp_path, problem.primary.span) == at


def test_a_wrong_builder_is_its_own_cause() -> None:
    assert read('{"build": {"builder": "docker"}}').problems[0].cause is Cause.UNKNOWN_BUILDER
    assert read('{"deploy": {"cronSchedule": 5}}').problems[0].cause is Cause.INVALID_SCHEMA_PROPERTY


@pytest.mark.parametrize("builder", ["NIXPACKS", "nixpacks", "RAILPACK", "DOCKERFILE"])
def test_builders_in_any_case(builder: str) -> None:
    assert read(f'{{"build": {{"builder": "{builder}"}}}}').problems == ()


def test_null_is_not_given() -> None:
    found = read('{"deploy": {"startCommand": null, "healthcheckPath": "/x"}}')
    assert found.problems == ()
    assert found.node("deploy.startCommand") is None
    assert found.text("deploy.healthcheckPath") == "/x"


def test_an_environment_wins_over_the_base() -> None:
    text = '{"deploy": {"startCommand": "a"}, "environments": {"staging": {"deploy": {"startCommand": "b"}}}}'
    assert read(text).text("deploy.startCommand") == "a"
    assert read(text, "staging").text("deploy.startCommand") == "b"
    assert read(text, "other").text("deploy.startCommand") == "a"


def test_a_wrong_value_in_an_environment_names_its_route() -> None:
    found = read('{"environments": {"pr": {"build": {"builder": "x"}}}}')
    assert found.problems[0].data["route"] == "environments.pr.build.builder"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"deploy": {"startcommand": "x"}}', "did you mean `startCommand`?"),
        ('{"build": {"rootDirectory": "x"}}', "the root directory is a setting of the service, not of this file"),
        ('{"phases": {}}', "Nixpacks' tables belong in nixpacks.toml"),
        ('{"name": "x"}', "ignored"),
    ],
)
def test_unknown_keys_are_warnings_with_what_was_meant(text: str, hint: str) -> None:
    (problem,) = read(text).problems
    assert (problem.severity, problem.fatal, problem.primary.text) == (Severity.WARNING, False, hint)


def test_a_file_that_does_not_parse() -> None:
    found = read('{"build": ')
    assert found.refused
    assert found.problems[0].cause is Cause.CONFIG_PARSE_ERROR


def test_toml() -> None:
    found = read('[deploy]\nstartCommand = "x"\nhealthcheckTimeout = 30\n', name="railway.toml")
    assert found.problems == ()
    assert found.text("deploy.startCommand") == "x"
