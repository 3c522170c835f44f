from __future__ import annotations

import json
from pathlib import Path

import pytest

from firstpush.platforms.nixpacks.node_version import from_nvmrc, package
from tests.planning import keys, phase, planned


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (None, "nodejs_18"),
        ("*", "nodejs_18"),
        ("20", "nodejs_20"),
        ("20.x", "nodejs_20"),
        (">=14", "nodejs_22"),
        (">=14 <17", "nodejs_16"),
        ("^18.2.0", "nodejs_18"),
        ("~16.4", "nodejs_16"),
        ("14 || 16", "nodejs_16"),
        ("16 - 18", "nodejs_18"),
        ("v22.1.0", "nodejs_22"),
        ("23", "nodejs_18"),  # odd numbers are never taken
        ("12", "nodejs_18"),
        ("latest", "nodejs_18"),
        (">20.0.0", "nodejs_22"),
        ("<=16", "nodejs_16"),
        ("<16", "nodejs_14"),
    ],
)
def test_versions(wanted: str | None, name: str) -> None:
    assert package(wanted) == name


@pytest.mark.parametrize(("text", "version"), [("v20.1\n", "20.1"), ("lts/iron", "20"), ("lts/*", "22")])
def test_nvmrc(text: str, version: str) -> None:
    assert from_nvmrc(text) == version


@pytest.mark.parametrize(
    ("files", "install", "start"),
    [
        ({}, "npm i", "npm run start"),
        ({"package-lock.json": ""}, "npm ci", "npm run start"),
        ({"yarn.lock": ""}, "yarn install --frozen-lockfile", "yarn run start"),
        ({"pnpm-lock.yaml": ""}, "pnpm i --frozen-lockfile", "pnpm run start"),
        ({"bun.lockb": ""}, "bun i --no-save", "bun run start"),
    ],
)
def test_package_managers(tmp_path: Path, files: dict[str, str], install: str, start: str) -> None:
    plan = planned(tmp_path, {"package.json": json.dumps({"scripts": {"start": "x"}}), **files})
    assert phase(plan, "install")["cmds"] == [install]
    assert plan.native["start"]["cmd"] == start


def test_a_package_json_that_does_not_parse_stops_the_plan(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"package.json": "{,}", "requirements.txt": ""})
    assert keys(plan) == ["nixpacks-package-json"]


def test_monorepos_of_nx_are_unknown_only_where_nixpacks_sees_one(tmp_path: Path) -> None:
    files = {"package.json": "{}", "nx.json": "{}", "index.js": ""}
    assert planned(tmp_path, files).unknown is None
    files |= {"nx.json": '{"defaultProject": "a"}', "apps/a/project.json": "{}"}
    assert planned(tmp_path, files).unknown is not None
