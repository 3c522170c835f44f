"""What lock files name is installed with the project."""

from __future__ import annotations

from dataclasses import replace

from firstpush.model.machine import Index
from tests.installers.machines import ask, plain, with_env, with_files

PROJECT = '[project]\nname = "app"\nversion = "1"\ndependencies = ["flask"]\n'
LOCK = """version = 1
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
[[package]]
name = "uvicorn"
version = "0.30.1"
[[package]]
name = "flask"
version = "3.0.0"
"""


def test_uv_installs_what_is_locked() -> None:
    machine = with_files(plain(index=Index()), app__pyproject_toml=PROJECT)
    machine = replace(machine, files={**machine.files, "/app/uv.lock": {"text": LOCK}})
    machine = with_env(machine, UV_PROJECT_ENVIRONMENT="/opt/other")
    assert ask(machine, "uv sync --no-dev --frozen && /opt/other/bin/uvicorn --version") == ("succeeds", "venv")
    assert ask(machine, 'uv sync --frozen && /opt/other/bin/python -c "import uvicorn"') == ("succeeds", "venv")
    assert ask(machine, 'uv sync && /opt/other/bin/python -c "import nosuchmodule"')[0] != "succeeds"
