"""Whatever stands in the files, planning ends with a plan: it never raises, and every problem has a place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstpush.platforms import Settings
from firstpush.platforms.vercel import plans
from firstpush.project.tree import ProjectTree

KEYS = ["installCommand", "buildCommand", "outputDirectory", "framework", "builds", "functions", "rewrites", "routes"]
KEYS += ["env", "build", "crons", "redirects", "headers", "public", "services", "src", "use", "config", "runtime", "x"]
TEXTS = ["", "pip install -r requirements.txt", "api/*.py", "main.py", "@vercel/python", "@x", "/(.*)", "fastapi", "."]
SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.sampled_from(TEXTS) | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS + TEXTS), inner, max_size=3),
    max_leaves=12,
)


@given(config=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_gives_plans(config: dict[str, Any], tmp_path: Path) -> None:
    overrides = {
        "vercel.json": json.dumps(config).encode(),
        "main.py": b"app = 1\n",
        "api/index.py": b"x = 1\n",
        "requirements.txt": b"fastapi\n",
    }
    tree = ProjectTree(tmp_path, overrides)
    for plan in plans(tree, Settings(platforms=("vercel",))):
        for problem in plan.problems:
            source = tree.source(problem.primary.span.path)
            assert source is not None
            assert problem.primary.span.end <= len(source.data)


@pytest.mark.parametrize(
    "files",
    [
        {"vercel.json": b"\xff\xfe{}"},
        {"vercel.json": b"[1]"},
        {"vercel.json": b"null"},
        {"vercel.json": b'"text"'},
        {"vercel.json": b"{}", "pyproject.toml": b"tool = 1\nproject = 2\n"},
        {"vercel.json": b"{}", "pyproject.toml": b"[tool.vercel]\nscripts = 3\nentrypoint = 4\n[project]\nname = 5\n"},
        {"vercel.json": b"{}", "pyproject.toml": b"[build-system]\nbuild-backend = 1\n[project]\nname = 'x'\n"},
        {"vercel.json": b"{}", "package.json": b"[]", "Pipfile.lock": b"{", "api/index.py": b"app = 1\n"},
        {"vercel.json": b"{}", "uv.lock": b"package = 1\n", "pyproject.toml": b"[project]\nname = 'x'\n"},
        {"vercel.json": b"{}", "requirements.txt": b"\xff\xfe\x00", ".python-version": b"\x00", "main.py": b"\xff"},
        {".vercel/project.json": b'{"settings": [1]}', "main.py": b"app = 1\n"},
        {".vercel/project.json": b'{"settings": {"framework": 3, "rootDirectory": 4, "installCommand": []}}'},
        {"vercel.json": b"{}", "manage.py": b"DJANGO_SETTINGS_MODULE", "requirements.txt": b"django\n"},
        {"vercel.json": b"{}", ".vercelignore": b"[\n!\n**\n[z-a]\n{a,{b\n", "main.py": b"app = 1\n"},
    ],
)
def test_broken_files_give_plans(files: dict[str, bytes], tmp_path: Path) -> None:
    tree = ProjectTree(tmp_path, files)
    for framework in (None, "other", "fastapi", "django", "fasthtml", "nextjs", "services"):
        plans(tree, Settings(platforms=("vercel",), vercel_framework=framework))
