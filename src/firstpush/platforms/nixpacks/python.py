"""Nixpacks' Python provider. In: a `View`; out: the layer that it makes.

Source: railwayapp/nixpacks src/providers/python.rs at f51d7fd; 1.38 and 1.39 differ where `view.version` is asked.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, Piece, Pieces, StartLayer, pieces
from firstpush.config.python_version import tool_versions
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.origin import BuilderDefault, FileOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.platforms.nixpacks import python_version
from firstpush.platforms.nixpacks.merge import new_phase
from firstpush.platforms.nixpacks.view import View

DETECTED_BY = ("main.py", "requirements.txt", "pyproject.toml", "Pipfile")
_POSTGRES = re.compile(r"django.db.backends.postgresql")
_MYSQL = re.compile(r"django\.db\.backends\.mysql|django_psdb_engine")
_WSGI = re.compile(r"""WSGI_APPLICATION = ["|'](.*).application["|']""")
_MANAGERS = ("requirements", "setuptools", "poetry", "pdm", "uv", "pipenv")
_PIP_CACHE = "/root/.cache/pip"
_CACHES = {"pdm": ("/root/.cache/pdm", _PIP_CACHE), "uv": ("/root/.cache/uv",)}
# What follows `python -m venv --copies /opt/venv && . /opt/venv/bin/activate && `.
_INSTALLS = {
    "requirements": "pip install -r requirements.txt",
    "setuptools": "pip install --upgrade build setuptools && pip install .",
    "poetry": "pip install poetry==$NIXPACKS_POETRY_VERSION && poetry install --no-dev --no-interaction --no-ansi",
    "pdm": "pip install pdm==$NIXPACKS_PDM_VERSION && pdm install --prod",
    "uv": "pip install uv==$NIXPACKS_UV_VERSION && uv sync --no-dev --frozen",
}


def detected(view: View) -> bool:
    """Whether Nixpacks takes the folder for a Python app. app.py, manage.py or setup.py alone do not count."""
    return any(view.has(name) for name in DETECTED_BY)


def metadata(view: View) -> list[str]:
    """What Nixpacks notes about the app (`NIXPACKS_METADATA`)."""
    words = ["python"]
    if is_django(view):
        words.append("django")
    if uses_postgres(view):
        words.append("postgres")
    words += [name for name in ("poetry", "pdm") if view.has(f"{name}.lock")]
    return words


def layer(view: View) -> Layer:
    """The provider's plan."""
    setup = _setup(view)
    install = _install(view)
    start = _start(view)
    variables = {name: view.default(value) for name, value in table("nixpacks")["python"]["variables"].items()}
    variables |= _tool_variables(view)
    return Layer(
        variables=variables,
        phases={"setup": setup, "install": install},
        start=StartLayer(cmd=start) if start is not None else None,
    )


def uses(view: View, word: str) -> bool:
    """Whether the word occurs anywhere in the dependency files, comments and longer names included."""
    return any(word in view.read_or_empty(name).lower() for name in ("requirements.txt", "pyproject.toml", "Pipfile"))


def is_django(view: View) -> bool:
    return view.has("manage.py") and uses(view, "django")


def uses_postgres(view: View) -> bool:
    """Nixpacks up to 1.39 looks for `psycopg2` only."""
    return view.in_code(_POSTGRES) or uses(view, "psycopg2") or (view.version > (1, 39) and uses(view, "psycopg"))


def _setup(view: View) -> PhaseLayer:
    package, archive = python_version.choose(view)
    packages = [package]
    if uses_postgres(view):
        packages.append(view.default("postgresql_16.dev", "PostgreSQL is used"))
    if is_django(view) and view.in_code(_MYSQL):
        packages.append(view.default("libmysqlclient.dev", "Django with MySQL"))
    if view.has("Pipfile"):
        packages.append(view.default("pipenv", "Pipfile exists"))
    if uses(view, "pydub"):
        packages.append(view.default("ffmpeg-headless", "pydub is used"))
    if uses(view, "pdf2image"):
        packages.append(view.default("poppler_utils", "pdf2image is used"))
    packages.append(view.default("gcc", "every Python app"))
    libraries: list[Piece] = [view.default("cairo", "cairo is used")] if uses(view, "cairo") else []
    libraries += [view.default(name, "every Python app") for name in ("zlib", "stdenv.cc.cc.lib")]
    return PhaseLayer(
        "setup",
        nix_pkgs=tuple(packages),
        nix_libs=tuple(libraries),
        nix_overlays=(),
        nixpkgs_archive=archive,
        origin=_origin(view, "every Python app"),
    )


def _origin(view: View, why: str) -> BuilderDefault:
    return BuilderDefault("nixpacks", view.version_name, why)


def _manager(view: View) -> tuple[str | None, str]:
    """The package manager (None: nothing is installed) and why."""
    wanted = view.config("PYTHON_PACKAGE_MANAGER")
    if wanted is not None:
        if view.version < (1, 39):
            _manager_problem(view, f"Nixpacks {view.version_name} does not know NIXPACKS_PYTHON_PACKAGE_MANAGER")
        elif wanted.lower() == "skip":
            return None, "NIXPACKS_PYTHON_PACKAGE_MANAGER=skip"
        elif wanted.lower() in _MANAGERS:
            return wanted.lower(), f"NIXPACKS_PYTHON_PACKAGE_MANAGER={wanted}"
        elif wanted.lower() != "auto":
            _manager_problem(view, f"Nixpacks does not know the package manager `{wanted}` and chooses by itself")
    if view.has("requirements.txt"):
        return "requirements", "requirements.txt exists"
    if view.has("pyproject.toml"):
        for name in ("poetry", "pdm", "uv"):
            if view.has(f"{name}.lock"):
                return name, f"pyproject.toml and {name}.lock exist"
        return "setuptools", "pyproject.toml exists, no lock file"
    if view.has("Pipfile"):
        return "pipenv", "Pipfile exists"
    return None, "no requirements.txt, pyproject.toml or Pipfile here"


def _manager_problem(view: View, message: str) -> None:
    origin = view.env["NIXPACKS_PYTHON_PACKAGE_MANAGER"].origin
    label = Label(origin.span) if isinstance(origin, FileOrigin) else view.label("", "a service variable")
    view.warn("nixpacks-package-manager-ignored", Cause.UNKNOWN_CONFIG_KEY, message, label)


def _install(view: View) -> PhaseLayer:
    manager, why = _manager(view)
    origin = _origin(view, why)
    if manager is None:
        return new_phase("install", origin)
    venv = table("nixpacks")["python"]["venv"]
    if manager == "pipenv":
        how = "--deploy" if view.has("Pipfile.lock") else "--skip-lock"
        command = f"PIPENV_VENV_IN_PROJECT=1 pipenv install {how}"
    else:
        command = _INSTALLS[manager]
    only: Pieces | None = pieces(["pyproject.toml"], origin) if manager == "setuptools" else None
    return PhaseLayer(
        "install",
        depends_on=new_phase("install", origin).depends_on,
        cmds=pieces([f"python -m venv --copies {venv} && . {venv}/bin/activate && {command}"], origin),
        only_include_files=only,
        cache_directories=pieces(_CACHES.get(manager, (_PIP_CACHE,)), origin),
        paths=pieces([f"{venv}/bin"], origin),
        origin=origin,
    )


def only_pyproject(view: View) -> PlanProblem | None:
    """The default `pip install .` sees pyproject.toml and no other file: what the build of the package needs is not
    there."""
    project, document = _pyproject(view)
    readme = project.get("readme")
    file = readme.get("file") if isinstance(readme, dict) else readme
    backend = document.get("build-system", {})
    name = str(backend.get("build-backend", "")) if isinstance(backend, dict) else ""
    missing = file if isinstance(file, str) else None
    if missing is None and not name.startswith(("hatchling", "poetry", "flit", "maturin", "scikit_build_core")):
        return None
    what = f"`{missing}`, which it names as readme, is" if missing else f"the package that `{name}` builds from is"
    return PlanProblem(
        key="nixpacks-only-pyproject",
        cause=Cause.PACKAGE_DISCOVERY,
        severity=Severity.ERROR,
        message=f"while Nixpacks runs `pip install .`, only pyproject.toml is there: {what} not",
        primary=view.label("pyproject.toml", "only this file is copied before the install"),
        phase=Phase.INSTALL,
        help='add to nixpacks.toml: [phases.install] onlyIncludeFiles = ["."]',
    )


def _pyproject(view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        document = tomllib.loads(view.read_or_empty("pyproject.toml"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}, {}
    project = document.get("project")
    return (project if isinstance(project, dict) else {}), document


def _start(view: View) -> Piece | None:
    if is_django(view):
        return view.default(
            f"python manage.py migrate && gunicorn {_wsgi_module(view)}", "manage.py exists and Django is used"
        )
    if view.has("main.py"):
        return view.default("python main.py", "main.py exists")
    if view.has("pyproject.toml"):
        module = _module(_pyproject(view)[0])
        if module is not None:
            return view.default(f"python -m {module}", "the project's name in pyproject.toml")
    return None


def _module(project: dict[str, Any]) -> str | None:
    """The first of `packages`, of `py_modules`, or the name; nothing when one has another type than Nixpacks needs."""
    name = project.get("name")
    lists = [project.get("packages"), project.get("py_modules")]
    if name is not None and not isinstance(name, str):
        return None
    for values in lists:
        if values is not None and not (isinstance(values, list) and all(isinstance(item, str) for item in values)):
            return None
    for values in lists:
        if values:
            return str(values[0])
    return name


def _wsgi_module(view: View) -> str:
    for path in view.files(".py"):
        found = _WSGI.search(view.read(path))
        if found:
            return found[1]
    raise view.stop(
        "nixpacks-django-wsgi",
        Cause.NO_BUILD_PLAN,
        "Nixpacks needs the Django setting WSGI_APPLICATION and finds none; it stops, whatever start command is set",
        view.label("manage.py", "makes Nixpacks take this for a Django app"),
        "Error: Failed to find your WSGI_APPLICATION django setting. Add this to continue.",
        'add `WSGI_APPLICATION = "<package>.wsgi.application"` to the settings',
    )


def _tool_variables(view: View) -> dict[str, Piece]:
    facts = table("nixpacks")["python"]
    variables: dict[str, Piece] = {}
    tools = tool_versions(view.read(".tool-versions")) if view.has(".tool-versions") else {}
    for name, follows in (("poetry", True), ("pdm", False), ("uv", True)):
        if not view.has(f"{name}.lock"):
            continue
        chosen = tools.get(name) if follows else None
        why = f".tool-versions asks for {name} {chosen}" if chosen else f"{name}.lock exists"
        variables[f"NIXPACKS_{name.upper()}_VERSION"] = view.default(chosen or facts[f"{name}_version"], why)
        if name == "uv":
            variables["UV_PROJECT_ENVIRONMENT"] = view.default(facts["venv"], why)
    return variables
