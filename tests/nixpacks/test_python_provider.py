from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Severity
from tests.planning import covered, keys, phase, planned, problem

VENV = "python -m venv --copies /opt/venv && . /opt/venv/bin/activate && "
NEW, OLD = "bc8f8d1be58e8c8383e683a06e1e1e57893fff87", "5148520bfab61f99fd25fb9ff7bfbb50dad3c9db"


@pytest.mark.parametrize(
    ("files", "command", "cache"),
    [
        (["requirements.txt"], VENV + "pip install -r requirements.txt", ["/root/.cache/pip"]),
        (["requirements.txt", "pyproject.toml", "uv.lock"], VENV + "pip install -r requirements.txt", None),
        (
            ["pyproject.toml", "poetry.lock", "uv.lock"],
            VENV + "pip install poetry==$NIXPACKS_POETRY_VERSION && poetry install --no-dev --no-interaction --no-ansi",
            None,
        ),
        (
            ["pyproject.toml", "pdm.lock"],
            VENV + "pip install pdm==$NIXPACKS_PDM_VERSION && pdm install --prod",
            ["/root/.cache/pdm", "/root/.cache/pip"],
        ),
        (
            ["pyproject.toml", "uv.lock"],
            VENV + "pip install uv==$NIXPACKS_UV_VERSION && uv sync --no-dev --frozen",
            ["/root/.cache/uv"],
        ),
        (["pyproject.toml"], VENV + "pip install --upgrade build setuptools && pip install .", None),
        (["Pipfile"], VENV + "PIPENV_VENV_IN_PROJECT=1 pipenv install --skip-lock", None),
        (["Pipfile", "Pipfile.lock"], VENV + "PIPENV_VENV_IN_PROJECT=1 pipenv install --deploy", None),
    ],
)
def test_package_managers(tmp_path: Path, files: list[str], command: str, cache: list[str] | None) -> None:
    install = phase(planned(tmp_path, dict.fromkeys(files, "")), "install")
    assert install["cmds"] == [command]
    assert install["paths"] == ["/opt/venv/bin"]
    if cache is not None:
        assert install["cacheDirectories"] == cache


def test_without_dependency_files_nothing_is_installed_and_no_venv_is_on_path(tmp_path: Path) -> None:
    install = phase(planned(tmp_path, {"main.py": "", "backend/requirements.txt": "fastapi"}), "install")
    assert install == {"name": "install", "dependsOn": ["setup"]}


@pytest.mark.parametrize(
    ("asked", "package", "archive"),
    [
        ("3.13", "python313", NEW),
        ("3.12.4", "python312", NEW),
        ("python-3.11.9\n", "python311", NEW),
        ('"3.10"', "python310", NEW),
        ("3.9", "python39", OLD),
        ("3.8", "python38", OLD),
        ("2", "python27", OLD),
        ("2.7", "python27", OLD),
        ("3", "python3", NEW),
        ("3.14", "python3", NEW),
        ("pypy3.9-7.3.1", "python3", NEW),
        ("3.11\n3.12\n", "python3", NEW),
        ("3.11.x", "python3", NEW),
        ("", "python3", NEW),
    ],
)
def test_versions(tmp_path: Path, asked: str, package: str, archive: str) -> None:
    plan = planned(tmp_path, {"requirements.txt": "", "main.py": "", ".python-version": asked})
    setup = phase(plan, "setup")
    assert setup["nixPkgs"][0] == package
    assert setup["nixpkgsArchive"] == archive
    silent = package == "python3"
    assert ("nixpacks-python-version-not-honoured" in keys(plan)) == silent


def test_an_unmet_version_is_told_at_its_place(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"requirements.txt": "", "main.py": "", "runtime.txt": "python-3.14.0\n"})
    found = problem(plan, "nixpacks-python-version-not-honoured")
    assert (found.cause, found.severity) == (Cause.PYTHON_VERSION_NOT_HONOURED, Severity.WARNING)
    assert covered(tmp_path, found.primary.span) == "python-3.14.0"


def test_the_variable_only_keeps_python_version_from_being_read(tmp_path: Path) -> None:
    env = {"NIXPACKS_PYTHON_VERSION": "3.10"}
    files = {"requirements.txt": "", "main.py": "", ".python-version": "3.13"}
    assert phase(planned(tmp_path, files, env=env), "setup")["nixPkgs"][0] == "python310"
    files["runtime.txt"] = "3.12"
    plan = planned(tmp_path, files, env=env)
    assert phase(plan, "setup")["nixPkgs"][0] == "python312"
    assert "nixpacks-version-variable-loses" in keys(plan)


def test_a_pipfile_without_version_resets_the_variable(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"Pipfile": "[packages]\n", "main.py": ""}, env={"NIXPACKS_PYTHON_VERSION": "3.10"})
    assert phase(plan, "setup")["nixPkgs"][0] == "python3"


def test_tool_versions(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "main.py": "", ".tool-versions": "# x\nnodejs 18\npython 3.11.4\n"}
    assert phase(planned(tmp_path, files), "setup")["nixPkgs"][0] == "python311"


def test_tool_versions_with_one_number_crash_the_builder(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"requirements.txt": "", "main.py": "", ".tool-versions": "python 3\n"})
    assert problem(plan, "nixpacks-tool-versions").fatal


def test_a_version_file_loses_against_nix_packages(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "",
        "main.py": "",
        ".python-version": "3.12",
        "nixpacks.toml": '[phases.setup]\nnixPkgs = ["python311"]\n',
    }
    found = problem(planned(tmp_path, files), "nixpacks-version-file-loses")
    assert covered(tmp_path, found.primary.span) == "python311"


@pytest.mark.parametrize(
    ("files", "packages"),
    [
        ({"requirements.txt": "psycopg2-binary"}, ["python3", "postgresql_16.dev", "gcc"]),
        ({"requirements.txt": "# PSYCOPG2 one day"}, ["python3", "postgresql_16.dev", "gcc"]),
        ({"requirements.txt": "psycopg[binary]"}, ["python3", "postgresql_16.dev", "gcc"]),
        ({"requirements.txt": "", "x/y.py": "django.db.backends.postgresql"}, ["python3", "postgresql_16.dev", "gcc"]),
        ({"requirements.txt": "pydub\npdf2image"}, ["python3", "ffmpeg-headless", "poppler_utils", "gcc"]),
        ({"Pipfile": "psycopg2"}, ["python3", "postgresql_16.dev", "pipenv", "gcc"]),
    ],
)
def test_native_packages(tmp_path: Path, files: dict[str, str], packages: list[str]) -> None:
    assert phase(planned(tmp_path, files), "setup")["nixPkgs"] == packages


def test_cairo_is_a_library(tmp_path: Path) -> None:
    assert phase(planned(tmp_path, {"requirements.txt": "pycairo"}), "setup")["nixLibs"][0] == "cairo"


@pytest.mark.parametrize(("version", "packages"), [("1.39", ["python3", "gcc"]), ("1.38.0", ["python3", "gcc"])])
def test_older_versions_do_not_know_psycopg_3(tmp_path: Path, version: str, packages: list[str]) -> None:
    plan = planned(tmp_path, {"requirements.txt": "psycopg"}, version=version)
    assert phase(plan, "setup")["nixPkgs"] == packages


def test_the_package_manager_variable_came_with_1_39(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "pyproject.toml": "", "uv.lock": "", "main.py": ""}
    env = {"NIXPACKS_PYTHON_PACKAGE_MANAGER": "uv"}
    assert "uv sync" in phase(planned(tmp_path, files, env=env), "install")["cmds"][0]
    old = planned(tmp_path, files, env=env, version="1.38")
    assert "pip install -r" in phase(old, "install")["cmds"][0]
    assert "nixpacks-package-manager-ignored" in keys(old)
    skipped = planned(tmp_path, files, env={"NIXPACKS_PYTHON_PACKAGE_MANAGER": "skip"})
    assert "cmds" not in phase(skipped, "install")


def test_django(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "Django",
        "manage.py": "",
        "mysite/settings.py": "WSGI_APPLICATION = 'mysite.wsgi.application'\n",
    }
    plan = planned(tmp_path, files)
    assert plan.native["start"]["cmd"] == "python manage.py migrate && gunicorn mysite.wsgi"
    assert plan.native["variables"]["NIXPACKS_METADATA"] == "python,django"


def test_django_without_wsgi_stops_the_plan_whatever_the_start_is(tmp_path: Path) -> None:
    files = {"requirements.txt": "django", "manage.py": "", "nixpacks.toml": '[start]\ncmd = "daphne x"\n'}
    found = problem(planned(tmp_path, files), "nixpacks-django-wsgi")
    assert found.fatal
    assert found.output == "Error: Failed to find your WSGI_APPLICATION django setting. Add this to continue."


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('[project]\nname = "my-app"\n', "python -m my-app"),
        ('[project]\nname = "a"\npackages = ["b", "c"]\n', "python -m b"),
        ('[project]\nname = "a"\npy_modules = ["d"]\n', "python -m d"),
        ("[tool.x]\n", None),
        ('[project]\nname = "a"\npackages = "b"\n', None),
        ("[project\n", None),
    ],
)
def test_start_from_pyproject(tmp_path: Path, text: str, start: str | None) -> None:
    plan = planned(tmp_path, {"pyproject.toml": text})
    assert plan.native.get("start", {}).get("cmd") == start


def test_a_file_that_is_not_utf_8_stops_the_plan(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"requirements.txt": "", "sub/old.py": "# caf\xe9\n".encode("latin-1")})
    found = problem(plan, "nixpacks-not-utf8")
    assert found.output is not None
    assert found.output.startswith("Error: Error reading sub/old.py")
    assert (found.primary.span.path, found.primary.span.start) == ("sub/old.py", 5)


def test_pyproject_alone_is_all_that_the_install_sees(tmp_path: Path) -> None:
    text = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\n'
    files = {"pyproject.toml": text, "a/__init__.py": ""}
    plan = planned(tmp_path, files)
    assert problem(plan, "nixpacks-only-pyproject").cause is Cause.PACKAGE_DISCOVERY
    assert [step.files for step in plan.steps if step.phase == "install"] == [("pyproject.toml",)]
    files["nixpacks.toml"] = '[phases.install]\nonlyIncludeFiles = ["."]\n'
    plan = planned(tmp_path, files)
    assert "nixpacks-only-pyproject" not in keys(plan)
    assert [step.files for step in plan.steps if step.phase == "install"] == [None]


def test_lock_files_set_tool_versions(tmp_path: Path) -> None:
    files = {"pyproject.toml": "", "uv.lock": "", "main.py": "", ".tool-versions": "uv 0.5.0\n"}
    variables = planned(tmp_path, files).native["variables"]
    assert variables["NIXPACKS_UV_VERSION"] == "0.5.0"
    assert variables["UV_PROJECT_ENVIRONMENT"] == "/opt/venv"
    assert planned(tmp_path, files, env={"NIXPACKS_UV_VERSION": "1"}).native["variables"]["NIXPACKS_UV_VERSION"] == "1"
