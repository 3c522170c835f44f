"""Which model answers for which program. In: a resolved program, module or script; out: `Result`, or None: no model.

The shell interpreter asks here; it has resolved the name, this finds the model and the Python that runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstpush.simulate.installers.running_python import RunningPython

if TYPE_CHECKING:
    from firstpush.simulate.invocation import Invocation, Result
    from firstpush.simulate.state import PythonView, ToolView


def _running(invocation: Invocation, view: PythonView, flags: str = "") -> RunningPython:
    env = {**invocation.env, **view.sets_env}
    return RunningPython(view, env, invocation.user, invocation.state, flags)


def run_tool(invocation: Invocation, tool: ToolView) -> Result | None:
    """A program that is no Python: `pip`, `uv`, `poetry`, …"""
    if tool.kind == "pip" and tool.python is not None:
        from firstpush.simulate.installers.pip import run_pip
        from firstpush.simulate.installers.pip_run import Pip

        module_dir = tool.program.module_dir if tool.program else None
        return run_pip(invocation, _running(invocation, tool.python), Pip(tool.version, module_dir))
    if tool.kind in ("uv", "uvx"):
        from firstpush.simulate.installers.uv import run_uv

        return run_uv(invocation, tool.version, "tool.run" if tool.path.endswith("/uvx") else "uv")
    return _project_tool(tool.kind, invocation, tool.version) or run_named(tool.kind, invocation)


def _project_tool(kind: str, invocation: Invocation, version: str) -> Result | None:
    if kind == "poetry":
        from firstpush.simulate.installers.poetry import run_poetry

        return run_poetry(invocation, version)
    if kind == "pdm":
        from firstpush.simulate.installers.pdm import run_pdm

        return run_pdm(invocation, version)
    if kind == "pipenv":
        from firstpush.simulate.installers.pipenv import run_pipenv

        return run_pipenv(invocation, version)
    if kind in ("pipx", "virtualenv"):
        from firstpush.simulate.installers.pipx import run_pipx, run_virtualenv

        return run_pipx(invocation, version) if kind == "pipx" else run_virtualenv(invocation, version)
    return None


def run_module(name: str, invocation: Invocation, python: PythonView, flags: str = "") -> Result | None:
    """`python -m NAME …`; `invocation.argv[0]` is the name's word; `flags`: the letters given to python before -m."""
    running = _running(invocation, python, flags)
    if name == "pip":
        from firstpush.simulate.installers.pip import run_pip
        from firstpush.simulate.installers.pip_run import Pip

        if python.pip is None:
            return None
        return run_pip(invocation, running, Pip(python.pip, python.pip_dir))
    if name == "ensurepip":
        from firstpush.simulate.installers.ensurepip import run_ensurepip

        return run_ensurepip(invocation, running)
    if name == "venv":
        from firstpush.simulate.installers.venv import run_venv

        return run_venv(invocation, running)
    if name in ("uv", "poetry", "pdm", "pipenv", "pipx", "virtualenv"):
        found = invocation.state.distribution(name, python.sites)
        if found is None:
            return None
        version = found[0].version or ""
        if name == "uv":
            from firstpush.simulate.installers.uv import run_uv

            return run_uv(invocation, version or _newest_uv())
        return _project_tool(name, invocation, version)
    return None


def _newest_uv() -> str:
    from firstpush.facts import table

    return str(table("installers_uv_options")["uv"][0]["versions"][-1])


def run_script(invocation: Invocation, python: PythonView, flags: str = "") -> Result | None:
    """`python FILE …`; `invocation.argv[0]` is the file's word."""
    from firstpush.simulate.installers.scripts import run_script_file

    return run_script_file(invocation, _running(invocation, python, flags))


def run_named(name: str, invocation: Invocation) -> Result | None:
    """System package managers by name."""
    from firstpush.simulate.installers.base_systems import family

    if family(name) in ("apt", "apk", "dnf", "pacman"):
        from firstpush.simulate.installers.system_managers import run_manager

        return run_manager(invocation, family(name))
    if name in ("conda", "mamba", "micromamba", "brew", "nix", "nix-env", "nix-shell"):
        from firstpush.simulate.installers.system_managers import run_other_manager

        return run_other_manager(invocation, name)
    return None
