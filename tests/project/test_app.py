from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.project.app import App, describe
from firstpush.project.discovery import app_folders
from tests.planning import covered, project


def app(folder: Path, files: dict[str, str], root: str = ".") -> App:
    return describe(project(folder, files), root)


@pytest.mark.parametrize(
    ("files", "framework", "start"),
    [
        ({"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}, "fastapi", "main:app"),
        ({"app.py": "import flask\nserver = flask.Flask(__name__)\n"}, "flask", "app:server"),
        ({"src/main.py": "from fastapi import FastAPI\napi: FastAPI = FastAPI()\n"}, "fastapi", "src.main:api"),
        (
            {"main.py": "import app\n", "app/main.py": "from quart import Quart\napp = Quart(__name__)\n"},
            "quart",
            "app.main:app",
        ),
        (
            {"site/wsgi.py": "application = get_wsgi_application()\n", "manage.py": ""},
            "django",
            "site.wsgi:application",
        ),
        ({"main.py": "print(1)\n"}, None, "main:None"),
        ({"main.py": "app = FastAPI(\n"}, None, "None:None"),
        ({"README.md": ""}, None, "None:None"),
    ],
)
def test_framework_and_entry(tmp_path: Path, files: dict[str, str], framework: str | None, start: str) -> None:
    found = app(tmp_path, files)
    assert (found.framework, f"{found.module}:{found.attribute}") == (framework, start)


def test_the_module_is_named_from_the_root(tmp_path: Path) -> None:
    files = {"backend/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
    assert app(tmp_path, files).module == "backend.main"
    inside = app(tmp_path, files, "backend")
    assert (inside.module, inside.entry) == ("main", "backend/main.py")


def test_routes_with_their_prefixes(tmp_path: Path) -> None:
    files = {
        "main.py": (
            "from fastapi import FastAPI\nfrom routers import users\nfrom routers.items import router as items\n"
            'app = FastAPI()\napp.include_router(users.router, prefix="/api")\napp.include_router(items)\n'
            '@app.get("/health")\ndef health(): ...\n'
        ),
        "routers/__init__.py": "",
        "routers/users.py": (
            'from fastapi import APIRouter\nrouter = APIRouter(prefix="/users")\n@router.post("/new")\ndef f(): ...\n'
        ),
        "routers/items.py": (
            'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/items")\ndef f(): ...\n'
        ),
    }
    found = app(tmp_path, files)
    assert {(route.method, route.path) for route in found.routes} >= {
        ("GET", "/health"),
        ("POST", "/api/users/new"),
        ("GET", "/items"),
        ("GET", "/docs"),
    }
    assert found.complete_routes
    health = next(route for route in found.routes if route.path == "/health")
    assert covered(tmp_path, health.span) == 'app.get("/health")'


@pytest.mark.parametrize(
    "line",
    [
        'app.mount("/x", other)',
        "app.include_router(make())",
        "app.include_router(router_of_nobody)",
        "@app.get(PATH)\ndef f(): ...",
    ],
)
def test_what_is_computed_makes_routes_incomplete(tmp_path: Path, line: str) -> None:
    text = f'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/a")\ndef a(): ...\n{line}\n'
    found = app(tmp_path, {"main.py": text})
    assert "/a" in [route.path for route in found.routes]
    assert not found.complete_routes


def test_flask_routes(tmp_path: Path) -> None:
    text = (
        "from flask import Flask, Blueprint\napp = Flask(__name__)\nbp = Blueprint('x', __name__, url_prefix='/b')\n"
        "@bp.route('/in', methods=['POST', 'PUT'])\ndef f(): ...\napp.register_blueprint(bp)\n"
        "@app.route('/')\ndef g(): ...\n"
    )
    found = app(tmp_path, {"app.py": text})
    assert {(route.method, route.path) for route in found.routes} == {("POST", "/b/in"), ("PUT", "/b/in"), ("GET", "/")}
    assert found.complete_routes


@pytest.mark.parametrize(
    ("call", "host", "port", "variable", "default"),
    [
        ("uvicorn.run(app, host='0.0.0.0', port=8000)", "0.0.0.0", 8000, None, None),
        ("uvicorn.run('main:app', port=int(os.environ.get('PORT', 8000)))", None, None, "PORT", 8000),
        ("uvicorn.run(app, port=int(os.getenv('PORT', '5000')))", None, None, "PORT", 5000),
        ("uvicorn.run(app, port=int(os.environ['PORT']))", None, None, "PORT", None),
        ("app.run()", None, None, None, None),
        ("PORT = 9\napp.run(port=PORT)", None, 9, None, None),
        ("app.run(port=compute())", None, None, None, None),
    ],
)
def test_binds(
    tmp_path: Path, call: str, host: str | None, port: int | None, variable: str | None, default: int | None
) -> None:
    text = f"import os, uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n{call}\n"
    (bind,) = app(tmp_path, {"main.py": text}).binds
    assert (bind.host, bind.port, bind.from_env, bind.default_port) == (host, port, variable, default)


def test_imports_say_whether_the_app_can_start_without_them(tmp_path: Path) -> None:
    text = (
        "import a\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\ntry:\n    import c\n"
        "except ImportError:\n    c = None\ntry:\n    import d\nexcept ValueError:\n    pass\n"
        "def f():\n    import e\nif __name__ == '__main__':\n    import g\nclass K:\n    import h\n"
    )
    found = app(tmp_path, {"main.py": text}).imports["main.py"]
    assert {item.module for item in found if not item.guarded} == {"a", "typing", "d", "g", "h"}
    assert {item.module for item in found if item.script_only} == {"g"}


def test_imports_of_the_project_are_followed(tmp_path: Path) -> None:
    files = {
        "main.py": (
            "from fastapi import FastAPI\nimport core.db\nfrom . import nothing\nfrom core import gone\n"
            "app = FastAPI()\n"
        ),
        "core/__init__.py": "import yaml\n",
        "core/db.py": "from .models import X\nimport sqlalchemy\n",
        "core/models.py": "X = 1\n",
        "unused.py": "import tensorflow\n",
    }
    found = app(tmp_path, files)
    assert set(found.imports) == {"main.py", "core/__init__.py", "core/db.py", "core/models.py"}
    assert {item.module for _, item in found.outside} == {"fastapi", "yaml", "sqlalchemy"}


def test_places_count_bytes(tmp_path: Path) -> None:
    text = "\ufeff# ü€\r\nx = 'ü'; import späti\r\n"
    (item,) = app(tmp_path, {"main.py": text}).imports["main.py"]
    assert covered(tmp_path, item.span) == "späti"


def test_folders_of_apps(tmp_path: Path) -> None:
    files = dict.fromkeys(
        [
            "api/requirements.txt",
            "api/main.py",
            "api/jobs/main.py",
            "worker/pyproject.toml",
            "tests/main.py",
            "a/b/c/d/main.py",
        ],
        "",
    )
    assert app_folders(project(tmp_path, files)) == ["api", "worker"]
