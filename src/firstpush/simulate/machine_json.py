"""The JSON object of `firstpush simulate --machine` read to a `Machine`, with errors that name the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from firstpush.errors import UsageError
from firstpush.model.machine import (
    Index,
    InstalledDistribution,
    InstalledProgram,
    Interpreter,
    Machine,
    User,
    Venv,
)


class BadMachine(UsageError):
    """A machine description that cannot be used."""


def machine_from_json(value: object) -> Machine:
    """The machine that a JSON value describes. Raises `BadMachine` (exit code 2) naming the key that is wrong."""
    top = _Object(value, "machine")
    if top.value.get("format") != 1:
        raise _bad("machine.format", top.value.get("format"), "the number 1")
    system = top.object("os", optional=True)
    user = top.object("user", optional=True)
    index = top.object("index", optional=True)
    return Machine(
        name=top.text("name", "machine"),
        os_id=system.text("id", "debian"),
        os_version=system.text("version_id", ""),
        user=User(user.text("name", "root"), user.integer("uid", 0), user.text("home", "/root")),
        cwd=top.path("cwd", "/"),
        shell=top.text("shell", "/bin/bash"),
        env=top.texts_by_name("env"),
        read_only=top.texts("read_only"),
        writable_by_user=top.texts("writable_by_user"),
        interpreters=tuple(_interpreter(item) for item in top.objects("interpreters")),
        programs=tuple(_program(item) for item in top.objects("programs")),
        venvs=tuple(_venv(item) for item in top.objects("venvs")),
        distributions=tuple(_distribution(item) for item in top.objects("distributions")),
        files=_files(top),
        index=_index(index) if top.value.get("index") is not None else Index(),
        closed=top.flag("closed", True),
    )


def _interpreter(item: _Object) -> Interpreter:
    executable = item.path("executable")
    prefix = item.path("prefix")
    version = item.text("version")
    if not re.match(r"\d+\.\d+", version):
        raise _bad(f"{item.where}.version", version, "a version like 3.11.7")
    return Interpreter(
        executable=executable,
        paths=item.texts("paths"),
        version=version,
        vendor=item.text("vendor", "cpython"),
        prefix=prefix,
        base_prefix=item.path("base_prefix", prefix),
        stdlib=item.path("stdlib"),
        site_packages=item.texts("site_packages"),
        pip=item.optional_text("pip"),
        ensurepip=item.text("ensurepip", "present"),
        venv=item.flag("venv", True),
        modules=item.texts_by_name("modules"),
        sets_env=item.texts_by_name("sets_env"),
    )


def _program(item: _Object) -> InstalledProgram:
    return InstalledProgram(
        kind=item.text("is"),
        paths=item.texts("paths"),
        version=item.text("version", ""),
        interpreter=item.optional_text("interpreter"),
        module_dir=item.optional_text("module_dir"),
        prefix=item.optional_text("prefix"),
        base_prefix=item.optional_text("base_prefix"),
        sets_env=item.texts_by_name("sets_env"),
        patched_by=item.optional_text("patched_by"),
    )


def _venv(item: _Object) -> Venv:
    return Venv(
        path=item.path("path"),
        interpreter=item.path("interpreter"),
        pip=item.optional_text("pip"),
        system_site_packages=item.flag("system_site_packages", False),
        created_by=item.optional_text("created_by"),
    )


def _distribution(item: _Object) -> InstalledDistribution:
    return InstalledDistribution(
        name=item.text("name"),
        version=item.text("version", ""),
        interpreter=item.optional_text("interpreter"),
        dir=item.optional_text("dir"),
        installer=item.optional_text("installer"),
    )


def _files(top: _Object) -> dict[str, Mapping[str, Any]]:
    files: dict[str, Mapping[str, Any]] = {}
    for path, description in top.object("files", optional=True).value.items():
        where = f"machine.files[{path!r}]"
        if not path.startswith("/"):
            raise _bad(where, path, "an absolute path as key")
        described = _Object(description, where).value
        mode = described.get("mode")
        if mode is not None and not re.fullmatch(r"[0-7]{3,4}", str(mode)):
            raise _bad(f"{where}.mode", mode, 'an octal mode like "644"')
        files[path] = described
    return files


def _index(item: _Object) -> Index:
    projects = item.value.get("projects")
    if projects is None:
        return Index(item.text("url", Index().url), None)
    found: dict[str, tuple[str, ...]] = {}
    for name in _Object(projects, "machine.index.projects").value:
        found[name] = _Object(projects, "machine.index.projects").texts(name)
    return Index(item.text("url", Index().url), found)


class _Object:
    """A JSON object with its place in the description."""

    __slots__ = ("value", "where")

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise _bad(where, value, "an object")
        self.value: Mapping[str, Any] = value
        self.where = where

    def _take(self, key: str, default: object) -> Any:
        value = self.value.get(key)
        if value is None:
            if default is None:
                raise _bad(f"{self.where}.{key}", None, "a value: it is required")
            return default
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str):
            raise _bad(f"{self.where}.{key}", value, "a string")
        return value

    def path(self, key: str, default: str | None = None) -> str:
        value = self.text(key, default)
        if not value.startswith("/"):
            raise _bad(f"{self.where}.{key}", value, "an absolute path")
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.value.get(key) is not None else None

    def integer(self, key: str, default: int) -> int:
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _bad(f"{self.where}.{key}", value, "an integer")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise _bad(f"{self.where}.{key}", value, "true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key, [])
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise _bad(f"{self.where}.{key}", value, "a list of strings")
        return tuple(value)

    def texts_by_name(self, key: str) -> dict[str, str]:
        value = self._take(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
            raise _bad(f"{self.where}.{key}", value, "an object of strings")
        return dict(value)

    def object(self, key: str, optional: bool = False) -> _Object:
        return _Object(self._take(key, {} if optional else None), f"{self.where}.{key}")

    def objects(self, key: str) -> list[_Object]:
        value = self._take(key, [])
        if not isinstance(value, list | tuple):
            raise _bad(f"{self.where}.{key}", value, "a list of objects")
        return [_Object(item, f"{self.where}.{key}[{number}]") for number, item in enumerate(value)]


def _bad(where: str, found: object, wanted: str) -> BadMachine:
    shown = repr(found)
    return BadMachine(
        f"The machine description is wrong at {where}",
        found=f"found {shown if len(shown) <= 80 else shown[:77] + '...'}, expected {wanted}",
        why="The prediction rests on this fact.",
        next_step="docs/simulate.md lists every key of a machine.",
    )
