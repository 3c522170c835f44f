from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstpush.model.cause import Cause
from firstpush.packages import names
from firstpush.packages.requirements import RequirementFiles, lines, read
from tests.planning import covered, project


def requirements(folder: Path, files: dict[str, str | bytes], path: str = "requirements.txt") -> RequirementFiles:
    return read(project(folder, files), path)


@pytest.mark.parametrize(
    ("line", "name", "specifier", "text"),
    [
        ("Flask", "flask", "", "Flask"),
        ("zope.interface>=5,<6  # why", "zope-interface", ">=5,<6", "zope.interface>=5,<6"),
        ("uvicorn[standard]==0.30 ; python_version > '3.8'", "uvicorn", "==0.30", None),
        ("  requests (>=2)", "requests", ">=2", "requests (>=2)"),
        ("x @ https://e.org/x.whl", "x", "", None),
        ("git+https://e.org/x.git@main#egg=Some_Thing", "some-thing", "", None),
        ("-e git+https://e.org/x.git#egg=y", "y", "", None),
        ("./vendor/foo_bar-1.0-py3-none-any.whl", "foo-bar", "", None),
        ("foo==1 --hash=sha256:aa", "foo", "==1", None),
    ],
)
def test_lines(tmp_path: Path, line: str, name: str, specifier: str, text: str | None) -> None:
    found = requirements(tmp_path, {"requirements.txt": f"# first\r\n{line}\r\n"})
    (item,) = found.requirements
    assert (item.name, item.specifier) == (name, specifier)
    assert found.problems == ()
    if text is not None:
        assert covered(tmp_path, item.span) == text


def test_nested_files_are_followed_from_where_they_are_named(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "requirements.txt": "-r deploy/base.txt\n-c deploy/pins.txt\n",
        "deploy/base.txt": "-r more.txt\nflask\n",
        "deploy/more.txt": "-r base.txt\nredis\n",
        "deploy/pins.txt": "flask<3\n",
    }
    found = requirements(tmp_path, files)
    assert [(item.name, item.constraint) for item in found.requirements] == [
        ("redis", False),
        ("flask", False),
        ("flask", True),
    ]
    assert found.complete
    assert found.named("Flask") is not None


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    found = requirements(tmp_path, {"requirements.txt": "flask\n-r base.txt  # x\n"})
    (problem,) = found.problems
    assert problem.cause is Cause.WRONG_REQUIREMENTS_PATH
    assert covered(tmp_path, problem.span) == "-r base.txt"
    assert not found.complete


@pytest.mark.parametrize("line", ["flask==", "flask 2.0", "fl ask", "flask=>2"])
def test_what_pip_refuses(tmp_path: Path, line: str) -> None:
    found = requirements(tmp_path, {"requirements.txt": f"a\n{line}\n"})
    (problem,) = found.problems
    assert problem.cause is Cause.INVALID_REQUIREMENT
    assert covered(tmp_path, problem.span) == line


def test_continued_lines(tmp_path: Path) -> None:
    found = requirements(tmp_path, {"requirements.txt": b"\xef\xbb\xbfflask \\\n  >=2 \\\n  ,<3\nredis\n"})
    assert [(item.name, item.specifier.replace(" ", "")) for item in found.requirements] == [
        ("flask", ">=2,<3"),
        ("redis", ""),
    ]
    assert covered(tmp_path, found.requirements[0].span) == "flask \\\n  >=2 \\\n  ,<3"


@given(st.binary(max_size=200))
def test_no_bytes_are_lost_between_lines(data: bytes) -> None:
    spans = [(start, end) for start, end, _ in lines(data)]
    assert all(start <= end <= len(data) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_what_distributions_bring() -> None:
    brought, complete = names.brought_by([("FastAPI", ()), ("uvicorn", ("standard",))])
    assert {"starlette", "pydantic", "uvloop", "h11"} <= brought
    assert "httpx" not in brought
    assert complete
    assert names.brought_by([("fastapi", ()), ("some-unknown-thing", ())])[1] is False
    assert names.brought_by([("fastapi", ("nonsense",))])[1] is False


@pytest.mark.parametrize(
    ("distribution", "module"),
    [("Pillow", "PIL"), ("python_dotenv", "dotenv"), ("PyYAML", "yaml"), ("unknown-thing", "unknown_thing")],
)
def test_modules(distribution: str, module: str) -> None:
    assert module in names.modules_of(distribution)


def test_the_way_back_from_module_and_script() -> None:
    assert set(names.distributions_for("cv2.dnn")) >= {"opencv-python-headless", "opencv-python"}
    assert names.distributions_for("some_module") == ("some-module",)
    assert names.script_owner("gunicorn") == "gunicorn"
    assert names.scripts_of("unknown-thing") is None


@pytest.mark.parametrize(
    ("module", "version", "there"),
    [
        ("json.decoder", (3, 12), True),
        ("distutils", (3, 11), True),
        ("distutils", (3, 12), False),
        ("fastapi", (3, 12), False),
        ("tomllib", (3, 10), False),
        ("cgi", (3, 13), False),
    ],
)
def test_the_standard_library(module: str, version: tuple[int, int], there: bool) -> None:
    assert names.is_standard(module, version) is there
