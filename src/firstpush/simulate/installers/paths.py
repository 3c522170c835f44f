"""Paths as Python's own library computes them from an environment. In: environment, user, version; out: paths."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from firstpush.model.machine import User

Environment = Mapping[str, str | None]


def home(env: Environment, user: User) -> str:
    """`os.path.expanduser("~")`: HOME when it is set (even empty), else the password database."""
    folder = env["HOME"] if env.get("HOME") is not None else user.home
    return (folder or "").rstrip("/") or "/"


def below_home(env: Environment, user: User, *parts: str) -> str:
    """`expanduser("~/a/b")`. A home of "" gives "/a/b", as in CPython."""
    return posixpath.join(home(env, user), *parts)


def user_base(env: Environment, user: User, *, ignore_environment: bool = False) -> str:
    """`site.getuserbase()` on Linux."""
    base = None if ignore_environment else env.get("PYTHONUSERBASE")
    return base or below_home(env, user, ".local")


def xdg_config_home(env: Environment, user: User) -> str:
    return env.get("XDG_CONFIG_HOME") or below_home(env, user, ".config")


def short_version(version: str) -> str:
    """`3.11.7` to `3.11`."""
    return ".".join(version.split(".")[:2])


def absolute(path: str, cwd: str) -> str:
    """`os.path.abspath`."""
    return posixpath.normpath(posixpath.join(cwd, path))


def is_below(path: str, folder: str) -> bool:
    folder = folder.rstrip("/")
    return path == folder or path.startswith(folder + "/")
