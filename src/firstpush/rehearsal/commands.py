"""A plan's command as words and environment, as the platform's shell gets them. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

from firstpush.model.plan import Phase, Plan, ShellForm, Start, Step
from firstpush.rehearsal.sandbox.box import DOOR_PORT

_DOOR = f"http://127.0.0.1:{DOOR_PORT}"
_NIX_STORE_SETUP = re.compile(r"\s*nix-env\s+-if\b|\s*nix-collect-garbage\b")
_APT_SETUP = re.compile(r"\s*(sudo\s+)?apt(-get)?\s+(update|install)\b")
_VENV_FIRST = re.compile(
    r"\s*(python(?:3(?:\.\d+)?)?\s+-m\s+venv(?:\s+--(?:copies|symlinks|clear|upgrade-deps))*\s+(/\S+))\s*&&\s*(.+)",
    re.S,
)
_LOOKING = re.compile(rf"^Looking in indexes: {re.escape(_DOOR)}\S*\n", re.M)

_FILE_AT_DOOR = re.compile(rf"{re.escape(_DOOR)}/files/[^/\s]+/[0-9a-f]{{16}}/")

# The door's variables: what makes pip, uv, poetry and others ask our listening socket instead of the network.
DOOR_ENV: Mapping[str, str] = {
    "PIP_INDEX_URL": f"{_DOOR}/simple/",
    "UV_DEFAULT_INDEX": f"{_DOOR}/simple/",
    "UV_INDEX_URL": f"{_DOOR}/simple/",
    "HTTP_PROXY": _DOOR,
    "HTTPS_PROXY": _DOOR,
    "http_proxy": _DOOR,
    "https_proxy": _DOOR,
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
    "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
    "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
    "REQUESTS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}


def door_env(files: Iterable[str]) -> dict[str, str]:
    """The door's variables for a project with these files. A uv.lock names its index: another one would make uv say
    that the lock is out of date, so uv then tunnels through the door instead."""
    locked = any(name.rpartition("/")[2] == "uv.lock" for name in files)
    return {name: value for name, value in DOOR_ENV.items() if not (locked and name.startswith("UV_"))}


def argv(text: str, shell: ShellForm) -> list[str]:
    """The words to execute. Raises ValueError when an exec form has an open quote."""
    match shell:
        case ShellForm.BASH_LOGIN_PIPEFAIL:
            return ["/bin/bash", "-ol", "pipefail", "-c", text]
        case ShellForm.BASH_LOGIN:
            return ["/bin/bash", "-l", "-c", text]
        case ShellForm.BASH:
            return ["/bin/bash", "-c", text]
        case ShellForm.SH:
            return ["/bin/sh", "-c", text]
        case ShellForm.EXEC:
            return shlex.split(text)


def environment(
    plan: Plan, part: Step | Start, service: Mapping[str, str], before: tuple[str, ...] = ()
) -> dict[str, str]:
    """Machine, then builder and file, then the service's variables; `before`: paths of earlier phases.

    Nixpacks' shells read /root/.profile, which puts NIXPACKS_PATH before PATH; elsewhere paths go into PATH itself."""
    assert plan.machine is not None
    env = {
        "HOME": plan.machine.user.home,
        **plan.machine.env,
        **{name: value.value for name, value in plan.variables.items()},
    }
    env |= part.env
    env |= service
    paths = list(dict.fromkeys([*(path.value for path in part.paths), *before]))
    if plan.builder == "nixpacks":
        if paths:
            env["NIXPACKS_PATH"] = "".join(f"{path}:" for path in paths)
    elif paths:
        env["PATH"] = ":".join([*paths, *env.get("PATH", "/usr/bin:/bin").split(":")])
    env.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    return env


def emulated(step: Step) -> str | None:
    """Why a builder's own set-up command is not run: the replica already stands for its effect. None for others."""
    text = str(step.command)
    if step.phase is not Phase.SETUP or not step.label:
        return None
    if _NIX_STORE_SETUP.match(text):
        return "the replica already has what nix can be replaced by here"
    if _APT_SETUP.match(text):
        return "the replica already has what apt can be replaced by here"
    return None


def split_venv(text: str) -> tuple[str, str] | None:
    """`python -m venv /opt/venv && rest` as two commands with the same effect: the first rarely changes, so it is
    kept as a layer of its own."""
    match = _VENV_FIRST.match(text)
    return (match[1], match[3]) if match else None


def without_door(output: str) -> str:
    """Without the lines that are there only because of the door."""
    return _FILE_AT_DOOR.sub("", _LOOKING.sub("", output))
