from __future__ import annotations

from pathlib import Path

import pytest

from tests.planning import project


@pytest.mark.parametrize(
    ("ignore", "there"),
    [
        (None, True),
        ("venv/\n", False),
        ("/venv\n", False),
        ("*env\n", False),
        ("**/venv/\n", False),
        ("venv/*\n", False),
        ("other/\n", True),
        ("# venv\n", True),
        ("venv\n!venv\n", True),
    ],
)
def test_a_virtual_environment_that_git_ignores_is_not_there(tmp_path: Path, ignore: str | None, there: bool) -> None:
    files: dict[str, str | bytes] = {"venv/pyvenv.cfg": "", "venv/lib/x.py": "", "main.py": ""}
    if ignore is not None:
        files[".gitignore"] = ignore
    assert project(tmp_path, files).exists("venv/lib/x.py") is there


def test_one_that_ignores_itself_is_not_there(tmp_path: Path) -> None:
    assert not project(tmp_path, {".venv/pyvenv.cfg": "", ".venv/.gitignore": "*\n"}).exists(".venv/pyvenv.cfg")


def test_an_ignored_folder_that_is_no_environment_stays(tmp_path: Path) -> None:
    assert project(tmp_path, {".gitignore": "lib/\n", "lib/x.py": ""}).exists("lib/x.py")


def test_a_gitignore_of_a_sub_folder_counts_there_only(tmp_path: Path) -> None:
    files = {"b/.gitignore": "/env\n", "a/env/pyvenv.cfg": "", "b/env/pyvenv.cfg": "", "c/env/pyvenv.cfg": ""}
    tree = project(tmp_path, files)
    assert [tree.exists(f"{folder}/env/pyvenv.cfg") for folder in "abc"] == [True, False, True]
