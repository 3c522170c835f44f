"""Vercel's build image as a machine for the simulator. In: an era, the root, the chosen Python; out: a `Machine`.

The image's Pythons are installed by uv under `/uv/python` and carry its EXTERNALLY-MANAGED marker (since January 2026);
`sh` is bash, because the image is Amazon Linux.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstpush import facts
from firstpush.model.machine import InstalledProgram, Interpreter, Machine, User, Venv
from firstpush.platforms.vercel.era import Era


def work_path(root: str) -> str:
    """Where the deployed folder lies on the image."""
    base: str = facts.table("vercel")["image"]["app_dir"]
    return base if root in ("", ".") else f"{base}/{root}"


def venv_path(root: str) -> str:
    """The build venv that the Python builder makes."""
    return f"{work_path(root)}/{facts.table('vercel')['image']['venv']}"


def image(
    era: Era, root: str, python: str, *, venv: bool, env: Mapping[str, str], files: Mapping[str, Mapping[str, Any]]
) -> Machine:
    """The machine before the first user command. `venv`: whether the builder has made the build venv (with Python
    `python`, as `3.12`); `env`: the project's environment variables; `files`: what the builder has written."""
    about = facts.table("vercel")["image"]
    rows = facts.table("vercel")["interpreter"]
    pythons = [_interpreter(row, era.managed, default=row is rows[0]) for row in rows]
    chosen = next((p for p, row in zip(pythons, rows) if row["version"] == python), pythons[0])
    programs = [_pip(p, about["pip"], default=p is pythons[0]) for p in pythons]
    programs.append(InstalledProgram("uv", (about["uv"], about["uv_real"]), about["uv_version"]))
    markers: dict[str, Mapping[str, Any]] = {}
    if era.managed:
        text = f"[externally-managed]\nError={facts.table('vercel')['marker']['error']}\n"
        markers = {f"{p.stdlib}/EXTERNALLY-MANAGED": {"text": text} for p in pythons}
    folder = "/uv/python/bin" if era.managed else "/usr/local/bin"
    path = ":".join(dict.fromkeys((folder, "/usr/local/bin", "/usr/bin", "/bin")))
    absent = {
        f"{place}/{program}": {"absent": True}
        for place in path.split(":")
        for program in facts.table("vercel")["absent"]["programs"]
    }
    variables = {"PATH": path, "HOME": about["home"], "VERCEL": "1", "NOW_BUILDER": "1", "CI": "1"}
    return Machine(
        name=f"Vercel build image ({'uv-managed Python' if era.managed else 'before January 2026'})",
        os_id=about["os_id"],
        os_version=about["os_version"],
        user=User(about["user"], 0, about["home"]),
        cwd=work_path(root),
        shell=about["shell"],
        env={**variables, **env},
        interpreters=tuple(pythons),
        programs=tuple(programs),
        venvs=(Venv(venv_path(root), chosen.executable, about["pip"], created_by="uv"),) if venv else (),
        files={**absent, **markers, **files},
        closed=False,
    )


def venv_env(era: Era, root: str) -> dict[str, str]:
    """What the Python builder puts into the environment of a command that it runs in the build venv."""
    venv = venv_path(root)
    env = {"VIRTUAL_ENV": venv}
    if era.since >= "2026-04-14":
        env |= {"UV_PROJECT_ENVIRONMENT": venv, "UV_NO_DEV": "true"}
    cache = f"{work_path(root)}/{facts.table('vercel')['image']['uv_cache']}"
    return env | {"UV_CACHE_DIR": cache, "UV_PYTHON_DOWNLOADS": "automatic", "VERCEL_PYTHON_VENV_PATH": venv}


def _interpreter(row: Mapping[str, str], managed: bool, *, default: bool) -> Interpreter:
    short, full = row["version"], row["full"]
    if managed:
        prefix = f"{facts.table('vercel')['image']['python_prefix']}/cpython-{full}-linux-x86_64-gnu"
        folder = "/uv/python/bin"
    else:
        prefix, folder = "/usr/local", "/usr/local/bin"
    executable = f"{prefix}/bin/python{short}"
    names = [f"python{short}", *(("python3", "python") if default else ())]
    paths = dict.fromkeys((executable, *(f"{folder}/{name}" for name in names)))
    library = f"{prefix}/lib/python{short}"
    return Interpreter(
        executable=executable,
        paths=tuple(paths),
        version=full,
        vendor="uv" if managed else "cpython",
        prefix=prefix,
        base_prefix=prefix,
        stdlib=library,
        site_packages=(f"{library}/site-packages",),
        pip=facts.table("vercel")["image"]["pip"],
    )


def _pip(python: Interpreter, version: str, *, default: bool) -> InstalledProgram:
    short = python.version.rpartition(".")[0]
    folder = "/uv/python/bin" if python.vendor == "uv" else "/usr/local/bin"
    names = [f"pip{short}", *(("pip3", "pip") if default else ())]
    paths = dict.fromkeys((f"{python.prefix}/bin/pip{short}", *(f"{folder}/{name}" for name in names)))
    return InstalledProgram(
        "pip", tuple(paths), version, interpreter=python.executable, module_dir=python.site_packages[0]
    )
