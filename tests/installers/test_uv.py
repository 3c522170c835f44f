"""uv's decisions by version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firstpush.model.machine import InstalledProgram, Machine
from tests.installers.machines import ask, managed, plain, with_env, with_files

REFUSED = ("fails", "pep668-refused")


def uv(machine: Machine, version: str) -> Machine:
    others = tuple(program for program in machine.programs if program.kind != "uv")
    return replace(machine, programs=(*others, InstalledProgram("uv", ("/usr/bin/uv",), version)))


@pytest.mark.parametrize("version", ["0.1.45", "0.2.37", "0.4.30", "0.8.24", "0.13.8"])
def test_a_virtual_environment_is_needed_also_where_nothing_is_managed(version: str) -> None:
    assert ask(uv(plain(), version), "uv pip install flask") == ("fails", "not-a-virtualenv")
    assert ask(uv(plain(), version), "uv pip install --system flask") == ("succeeds", "system")
    assert ask(uv(managed(), version), "uv pip install --system flask") == REFUSED


def test_the_override_is_uv_s_own() -> None:
    assert ask(managed(), "uv pip install --system --break-system-packages flask") == ("succeeds", "system")
    assert ask(with_env(managed(), PIP_BREAK_SYSTEM_PACKAGES="1"), "uv pip install --system flask") == REFUSED
    machine = with_env(managed(), UV_BREAK_SYSTEM_PACKAGES="true", UV_SYSTEM_PYTHON="1")
    assert ask(machine, "uv pip install flask") == ("succeeds", "system")


def test_configuration_files_count() -> None:
    settings = "[pip]\nsystem = true\nbreak-system-packages = true\n"
    assert ask(with_files(managed(), app__uv_toml=settings), "uv pip install flask") == ("succeeds", "system")
    assert (
        ask(with_files(managed(), app__uv_toml=settings), "uv pip install --no-config flask")[1] == "not-a-virtualenv"
    )
    project = "[tool.uv.pip]\nsystem = true\n"
    assert ask(with_files(managed(), app__pyproject_toml=project), "uv pip install flask") == REFUSED
    assert ask(with_files(managed(), app__uv_toml="broken"), "uv pip list") == ("fails", "config-parse-error")


def test_missing_files_come_before_the_marker_and_resolution_after_it() -> None:
    assert ask(managed(), "uv pip install --system -r missing.txt") == ("fails", "wrong-requirements-path")
    assert ask(managed(), "uv pip install --system nosuch") == REFUSED
    assert ask(plain(), "uv pip install --system nosuch") == ("fails", "no-matching-distribution")


@pytest.mark.parametrize(
    ("version", "said"), [("0.4.30", ("fails", "not-a-virtualenv")), ("0.5.31", ("succeeds", "target"))]
)
def test_a_target_needs_no_environment_from_0_5_on(version: str, said: tuple[str, str]) -> None:
    assert ask(uv(managed(), version), "uv pip install --target /t flask") == said


@pytest.mark.parametrize(("version", "said"), [("0.9.30", ("succeeds", "venv")), ("0.10.12", ("fails", "usage-error"))])
def test_an_existing_environment_is_replaced_until_0_10(version: str, said: tuple[str, str]) -> None:
    machine = uv(plain(), version)
    assert ask(machine, "uv venv && uv venv && uv pip install flask") == said


def test_projects_never_look_at_the_marker() -> None:
    project = '[project]\nname = "app"\nversion = "1"\ndependencies = ["flask"]\n'
    machine = with_files(managed(), app__pyproject_toml=project)
    assert ask(machine, "uv sync") == ("succeeds", "venv")
    assert ask(with_env(machine, UV_PROJECT_ENVIRONMENT="/usr"), "uv sync") == ("succeeds", "system")
    assert ask(managed(), "uv sync") == ("fails", "wrong-working-directory")
    assert ask(machine, "uv sync --frozen") == ("fails", "lockfile-missing")


def test_there_is_no_user_install() -> None:
    assert ask(plain(), "uv pip install --system --user flask") == ("fails", "usage-error")
