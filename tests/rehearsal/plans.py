"""Plans and projects for the rehearsal's tests: the platforms' layouts by hand, small FastAPI-less apps.

The apps use the standard library only, so most tests need no package index.
"""

from __future__ import annotations

from pathlib import Path

from firstpush.model.machine import InstalledProgram, Interpreter, Machine, User
from firstpush.model.origin import BuilderDefault, Command, Located
from firstpush.model.plan import HealthCheck, Phase, Plan, ShellForm, Start, Step
from firstpush.model.text import SpannedText

DEFAULT = BuilderDefault("nixpacks", "1.39.0")
NIX_MARKER = """[externally-managed]
Error=This command has been disabled as it tries to modify the immutable
 `/nix/store` filesystem.

 To use Python with Nix and nixpkgs, have a look at the online documentation:
 <https://nixos.org/manual/nixpkgs/stable/#python>.
"""
UV_MARKER = """[externally-managed]
Error=This Python installation is managed by uv and should not be modified.
"""
NIX_PREFIX = "/nix/store/qp5zys77biz7imbk6yy85q5pdv7qk84j-python3-3.11.7"
NIX_PIP = "/nix/store/3rqm5hxgvv7wsyn2bl8xs0zkc9gx61cd-python3.11-pip-24.0"
PROFILE = "/root/.nix-profile/bin"

SERVER = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status); self.send_header("Content-Type", "application/json"); self.end_headers()
        self.wfile.write(data)
    def do_GET(self):
        if self.path == "/health": self.answer(200, {"status": "healthy", "model_loaded": True})
        elif self.path == "/moved": self.send_response(301); self.send_header("Location", "/health"); self.end_headers()
        else: self.answer(404, {"detail": "Not Found"})
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(200, {"you": body, "n": 1})
    def log_message(self, *args): pass

if __name__ == "__main__":
    port = int(os.environ.get("FORCED_PORT") or os.environ["PORT"])
    HTTPServer((os.environ.get("BIND", "0.0.0.0"), port), Handler).serve_forever()
"""


def command(text: str) -> Command:
    return Command(SpannedText(text), DEFAULT)


def nix_machine(*, pip: bool = False) -> Machine:
    """Nixpacks' image with nixPkgs = ["python311"] or, with `pip`, ["python311", "python311Packages.pip"]."""
    names = ("python", "python3", "python3.11")
    interpreter = Interpreter(
        executable=f"{NIX_PREFIX}/bin/python3.11",
        paths=(*(f"{NIX_PREFIX}/bin/{name}" for name in names), *(f"{PROFILE}/{name}" for name in names)),
        version="3.11.7",
        vendor="nixpkgs",
        prefix=NIX_PREFIX,
        base_prefix=NIX_PREFIX,
        stdlib=f"{NIX_PREFIX}/lib/python3.11",
        site_packages=(f"{NIX_PREFIX}/lib/python3.11/site-packages",),
    )
    pips = ("pip", "pip3", "pip3.11")
    program = InstalledProgram(
        kind="pip",
        paths=(*(f"{NIX_PIP}/bin/{name}" for name in pips), *(f"{PROFILE}/{name}" for name in pips)),
        version="24.0",
        interpreter=f"{NIX_PREFIX}/bin/python3.11",
        module_dir=f"{NIX_PIP}/lib/python3.11/site-packages",
        sets_env={"PYTHONNOUSERSITE": "true"},
    )
    return Machine(
        name="nixpacks",
        os_id="ubuntu",
        os_version="24.04",
        cwd="/app",
        env={
            "PATH": f"{PROFILE}:/nix/var/nix/profiles/default/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "USER": "root",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        interpreters=(interpreter,),
        programs=(program,) if pip else (),
        files={f"{NIX_PREFIX}/lib/python3.11/EXTERNALLY-MANAGED": {"text": NIX_MARKER}},
    )


def nixpacks(
    *commands: str,
    start: str | None = None,
    pip: bool = False,
    health: str | None = None,
    timeout: float | None = None,
    venv_path: bool = True,
) -> Plan:
    """Nixpacks on Railway, with these install commands."""
    paths = (Located("/opt/venv/bin", DEFAULT),) if venv_path else ()
    steps = tuple(
        Step(
            f"install.{n}",
            Phase.INSTALL,
            command(text),
            ShellForm.BASH_LOGIN_PIPEFAIL,
            "/app",
            paths=paths,
            builder_phase="install",
        )
        for n, text in enumerate(commands)
    )
    return Plan(
        platform="railway",
        builder="nixpacks",
        builder_version="1.39.0",
        root=".",
        machine=nix_machine(pip=pip),
        app_dir="/app",
        steps=steps,
        start=Start(command(start), ShellForm.BASH_LOGIN, "/app") if start else None,
        health=HealthCheck(
            Located(health, DEFAULT), Located(timeout, DEFAULT) if timeout else None, host="healthcheck.railway.app"
        )
        if health
        else None,
        port=8080,
    )


def uv_machine() -> Machine:
    """Vercel's build image: a Python that uv manages, pip in it, uv on PATH."""
    prefix = "/uv/python/cpython-3.12.12-linux-x86_64-gnu"
    return Machine(
        name="vercel",
        os_id="amzn",
        os_version="2023",
        cwd="/vercel/path0",
        env={"PATH": "/uv/python/bin:/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "VERCEL": "1"},
        interpreters=(
            Interpreter(
                executable=f"{prefix}/bin/python3.12",
                paths=(
                    f"{prefix}/bin/python3.12",
                    "/uv/python/bin/python3.12",
                    "/uv/python/bin/python3",
                    "/uv/python/bin/python",
                ),
                version="3.12.12",
                vendor="uv",
                prefix=prefix,
                base_prefix=prefix,
                stdlib=f"{prefix}/lib/python3.12",
                site_packages=(f"{prefix}/lib/python3.12/site-packages",),
                pip="25.3",
            ),
        ),
        programs=(
            InstalledProgram(
                "pip",
                (f"{prefix}/bin/pip", "/uv/python/bin/pip", "/uv/python/bin/pip3"),
                "25.3",
                interpreter=f"{prefix}/bin/python3.12",
                module_dir=f"{prefix}/lib/python3.12/site-packages",
            ),
            InstalledProgram("uv", ("/usr/local/bin/uv", "/uv/uv"), "0.10.11"),
        ),
        files={f"{prefix}/lib/python3.12/EXTERNALLY-MANAGED": {"text": UV_MARKER}},
    )


def vercel(*commands: str) -> Plan:
    """Vercel's static-build: each command is `sh -c` in the managed Python."""
    steps = tuple(
        Step(f"install.{n}", Phase.INSTALL, command(text), ShellForm.SH, "/vercel/path0", builder_phase="install")
        for n, text in enumerate(commands)
    )
    return Plan("vercel", "vercel", None, ".", uv_machine(), "/vercel/path0", steps=steps)


def docker_machine(user: User | None = None) -> Machine:
    """python:3.11: no marker."""
    return Machine(
        name="python:3.11",
        os_id="debian",
        os_version="12",
        user=user or User(),
        cwd="/app",
        env={"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"},
        interpreters=(
            Interpreter(
                executable="/usr/local/bin/python3.11",
                paths=("/usr/local/bin/python3.11", "/usr/local/bin/python3", "/usr/local/bin/python"),
                version="3.11.7",
                vendor="cpython",
                prefix="/usr/local",
                base_prefix="/usr/local",
                stdlib="/usr/local/lib/python3.11",
                site_packages=("/usr/local/lib/python3.11/site-packages",),
                pip="24.0",
            ),
        ),
        programs=(
            InstalledProgram(
                "pip",
                ("/usr/local/bin/pip", "/usr/local/bin/pip3"),
                "24.0",
                interpreter="/usr/local/bin/python3.11",
                module_dir="/usr/local/lib/python3.11/site-packages",
            ),
        ),
    )


def docker(*commands: str, start: str | None = None, shell: ShellForm = ShellForm.SH) -> Plan:
    steps = tuple(
        Step(f"run.{n}", Phase.BUILD, command(text), ShellForm.SH, "/app", builder_phase="RUN")
        for n, text in enumerate(commands)
    )
    return Plan(
        "docker",
        "docker",
        None,
        ".",
        docker_machine(),
        "/app",
        steps=steps,
        start=Start(command(start), shell, "/app") if start else None,
        port=8000,
    )


def project(folder: Path, **files: str) -> Path:
    """Write files (`main__py` is `main.py`, `a___b__py` is `a/b.py`) and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        place = folder / name.replace("___", "/").replace("__", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


def debian_machine(*, pip: bool = True, venv: bool = False) -> Machine:
    """Debian 13 with python3 (and python3-pip, python3-venv): another version than a Debian 12 host has."""
    marker = (
        "[externally-managed]\nError=To install Python packages system-wide, try apt install\n"
        " python3-xyz, where xyz is the package you are trying to\n install.\n"
    )
    return Machine(
        name="debian:13",
        os_id="debian",
        os_version="13",
        cwd="/app",
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root"},
        interpreters=(
            Interpreter(
                executable="/usr/bin/python3.13",
                paths=("/usr/bin/python3.13", "/usr/bin/python3"),
                version="3.13.5",
                vendor="debian",
                prefix="/usr",
                base_prefix="/usr",
                stdlib="/usr/lib/python3.13",
                site_packages=("/usr/local/lib/python3.13/dist-packages", "/usr/lib/python3/dist-packages"),
                pip="25.1.1" if pip else None,
                ensurepip="debian-venv-only" if venv else "absent",
            ),
        ),
        programs=(
            (
                InstalledProgram(
                    "pip",
                    ("/usr/bin/pip", "/usr/bin/pip3"),
                    "25.1.1",
                    interpreter="/usr/bin/python3.13",
                    module_dir="/usr/lib/python3/dist-packages",
                ),
            )
            if pip
            else ()
        ),
        files={"/usr/lib/python3.13/EXTERNALLY-MANAGED": {"text": marker}},
    )


def debian(*commands: str, pip: bool = True, venv: bool = False) -> Plan:
    from dataclasses import replace

    return replace(docker(*commands), machine=debian_machine(pip=pip, venv=venv))
