"""Small machines for the installers' tests: a managed Debian, a plain Docker image, a venv on each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from firstpush.facts import text
from firstpush.model.machine import Index, InstalledProgram, Interpreter, Machine, User, Venv
from firstpush.simulate import simulate

PATH = "/usr/local/bin:/usr/bin:/bin"
INDEX = Index("https://pypi.org/simple", {"flask": ("3.0.0", "2.0.0"), "click": ("8.1.0",), "pip": ("26.3",)})
DEBIAN = Interpreter(
    "/usr/bin/python3.11",
    ("/usr/bin/python3", "/usr/bin/python3.11"),
    "3.11.2",
    "debian",
    "/usr",
    "/usr",
    "/usr/lib/python3.11",
    ("/usr/local/lib/python3.11/dist-packages", "/usr/lib/python3/dist-packages"),
    pip="23.0.1+dfsg-1",
    ensurepip="absent",
)
PLAIN = Interpreter(
    "/usr/local/bin/python3.12",
    ("/usr/local/bin/python", "/usr/local/bin/python3", "/usr/local/bin/python3.12"),
    "3.12.1",
    "cpython",
    "/usr/local",
    "/usr/local",
    "/usr/local/lib/python3.12",
    ("/usr/local/lib/python3.12/site-packages",),
    pip="24.0",
)
APP = User("app", 1000, "/home/app")


def managed(version: str = "23.0.1+dfsg-1", **changes: Any) -> Machine:
    """Debian 12 with python3-pip (of another version where wanted) and uv."""
    pip = InstalledProgram("pip", ("/usr/bin/pip", "/usr/bin/pip3"), version, DEBIAN.executable)
    uv = InstalledProgram("uv", ("/usr/bin/uv",), "0.13.8")
    machine = Machine(
        env={"PATH": PATH, "HOME": "/root"},
        cwd="/app",
        interpreters=(replace(DEBIAN, pip=version),),
        programs=(pip, uv),
        files={"/usr/lib/python3.11/EXTERNALLY-MANAGED": {"text": text("markers/debian12.EXTERNALLY-MANAGED")}},
        index=INDEX,
    )
    return replace(machine, **changes)


def plain(**changes: Any) -> Machine:
    """A python:3.12 image with a virtual environment at /opt/venv."""
    pip = InstalledProgram("pip", ("/usr/local/bin/pip", "/usr/local/bin/pip3"), "24.0", PLAIN.executable)
    machine = Machine(
        env={"PATH": PATH, "HOME": "/root"},
        cwd="/app",
        interpreters=(PLAIN,),
        programs=(pip, InstalledProgram("uv", ("/usr/bin/uv",), "0.13.8")),
        venvs=(Venv("/opt/venv", PLAIN.executable, "24.0"),),
        index=INDEX,
    )
    return replace(machine, **changes)


def with_env(machine: Machine, **env: str) -> Machine:
    return replace(machine, env={**machine.env, **env})


def with_files(machine: Machine, **files: str) -> Machine:
    """`etc__pip_conf="…"`: /etc/pip.conf. Two underscores are a slash, one before the end a dot."""
    named = {
        f"/{name.replace('__', '/').replace('_conf', '.conf').replace('_toml', '.toml')}": content
        for name, content in files.items()
    }
    return replace(machine, files={**machine.files, **{path: {"text": content} for path, content in named.items()}})


def ask(machine: Machine, command: str) -> tuple[str, str | None]:
    """`("succeeds", place)`, `("fails", cause)` or `("unknown", None)`."""
    answer = simulate(machine, command).to_answer()
    return answer["outcome"], answer["cause"] or answer["where"]
