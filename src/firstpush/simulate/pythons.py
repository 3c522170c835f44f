"""What a path starts: the Python behind a link, a venv or a wrapper, and the tool behind a console script.

In: a `State`, a path, the environment; out: `PythonView` or `ToolView`. Follows CPython's own search: `pyvenv.cfg`
beside the executable as it was named (links not followed) or one folder above makes a virtual environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import isabs, join, normpath
from typing import TYPE_CHECKING

from firstpush.facts import table
from firstpush.model.value import replace
from firstpush.simulate.filesystem import File
from firstpush.simulate.state import PythonView, ToolView, short_version

if TYPE_CHECKING:
    from firstpush.model.machine import InstalledProgram, Interpreter, User
    from firstpush.simulate.state import State


def python_view(state: State, path: str, env: Mapping[str, str | None], user: User) -> PythonView | None:
    """See `State.python`."""
    interpreter = state.interpreter(path)
    if interpreter is None:
        return None
    started = normpath(path)
    full_env: Mapping[str, str | None] = {**env, **interpreter.sets_env} if interpreter.sets_env else env
    short = short_version(interpreter.version)
    base = _user_base(full_env, user)
    user_site = join(base, f"lib/python{short}/site-packages")
    # Nix's older wrapper of `python.withPackages` starts the real Python under its own name: no pyvenv.cfg is found.
    folder = None if "NIX_PYTHONPREFIX" in interpreter.sets_env else state.venv_of(started)
    user_enabled = not full_env.get("PYTHONNOUSERSITE")
    base_sites = interpreter.site_packages
    if folder is None:
        prefix, base_prefix = interpreter.prefix, interpreter.base_prefix
        site = base_sites[0] if base_sites else join(prefix, f"lib/python{short}/site-packages")
        sites = ((user_site,) if user_enabled else ()) + (base_sites or (site,))
        scripts = _scripts(interpreter)
        system = False
    else:
        prefix, base_prefix = folder, interpreter.base_prefix
        site = join(folder, f"lib/python{short}/site-packages")
        system = _system_site(state, folder)
        sites = (((user_site,) if user_enabled else ()) + (site, *base_sites)) if system else (site,)
        scripts = join(folder, "bin")
    python_path = tuple(part for part in (full_env.get("PYTHONPATH") or "").split(":") if isabs(part))
    sites = python_path + sites
    pip = state.distribution("pip", sites)
    return PythonView(
        executable=started,
        real=state.files.realpath(path),
        version=interpreter.version,
        vendor=interpreter.vendor,
        prefix=prefix,
        base_prefix=base_prefix,
        stdlib=interpreter.stdlib,
        site=site,
        sites=sites,
        scripts=scripts,
        user_site=user_site,
        user_scripts=join(base, "bin"),
        # A pip that was installed without a version is the newest of that moment.
        pip=(pip[0].version or newest_pip()) if pip else None,
        ensurepip=interpreter.ensurepip,
        venv_module=interpreter.venv,
        system_site_packages=system,
        sets_env=interpreter.sets_env,
        pip_dir=pip[1] if pip else None,
        python_path=python_path,
        base_sites=base_sites,
        created_by=state.venvs.get(state.files.realpath(folder)) if folder is not None else None,
    )


def newest_pip() -> str:
    """The newest pip whose options are known."""
    versions = [str(version) for row in table("installers_pip_options")["pip"] for version in row["versions"]]
    return max(versions, key=lambda version: [int(part) for part in version.split(".") if part.isdecimal()])


def _user_base(env: Mapping[str, str | None], user: User) -> str:
    return env.get("PYTHONUSERBASE") or join(env.get("HOME") or user.home, ".local")


def _scripts(interpreter: Interpreter) -> str:
    """`sysconfig` path `scripts` of the scheme that an install takes (Debian's own: /usr/local/bin)."""
    if interpreter.vendor == "debian":
        return "/usr/local/bin"
    return join(interpreter.prefix, "bin")


def _system_site(state: State, folder: str) -> bool:
    for line in (state.files.text(join(folder, "pyvenv.cfg")) or "").splitlines():
        key, _, value = line.partition("=")
        if key.strip().lower() == "include-system-site-packages":
            return value.strip().lower() == "true"
    return False


def tool_view(state: State, path: str, env: Mapping[str, str | None], user: User) -> ToolView | None:
    """See `State.tool`."""
    node = state.files.node(path)
    if not isinstance(node, File) or node.program is None:
        return None
    program = node.program
    full_env: Mapping[str, str | None] = {**env, **program.sets_env} if program.sets_env else env
    python, stale = None, None
    if program.interpreter is not None:
        python = python_view(state, program.interpreter, full_env, user)
        if python is None:
            # A described program has what it needs; a console script that a run made may have lost its Python.
            gone = not program.paths and state.files.exists(program.interpreter) is False
            stale = program.interpreter if gone else None
    version = program.version
    if python is not None:
        python = _as_seen_by(program, python)
        own = state.distribution(program.kind, python.sites)
        if own is not None and own[0].version and program.module_dir is None:
            version = own[0].version
    return ToolView(program.kind, path, version, python, program, stale)


def _as_seen_by(program: InstalledProgram, python: PythonView) -> PythonView:
    """The tool's own wrapper changes what its Python is: other prefixes, its own folder first, variables set."""
    if program.module_dir is not None:
        python = replace(python, sites=(program.module_dir, *python.sites))
        if program.kind == "pip":
            python = replace(python, pip=program.version, pip_dir=program.module_dir)
    if program.sets_env:
        python = replace(python, sets_env={**python.sets_env, **program.sets_env})
    if program.prefix is not None and program.prefix != python.prefix:
        site = join(program.prefix, f"lib/python{short_version(python.version)}/site-packages")
        sites = python.sites if site in python.sites else (*python.sites, site)
        scripts = join(program.prefix, "bin")
        python = replace(python, prefix=program.prefix, site=site, sites=sites, scripts=scripts)
    return replace(python, base_prefix=program.base_prefix or python.base_prefix)
