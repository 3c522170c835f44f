"""uv's configuration files. In: arguments, working directory, environment; out: `UvSettings` or why uv stops (exit 2).

`uv.toml`, else `[tool.uv]` of pyproject.toml, of the nearest folder upwards that has one; then the user's and the
system's uv.toml, weaker. Follows crates/uv-settings.
"""

from __future__ import annotations

import posixpath
import tomllib
from typing import Any

from firstpush.model.machine import User
from firstpush.model.value import dataclass, field
from firstpush.simulate.installers.paths import Environment, absolute, xdg_config_home
from firstpush.simulate.installers.uv_arguments import UvArguments, boolish
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.state import State

_PIP_KEYS = frozenset(
    [
        "python",
        "system",
        "break-system-packages",
        "target",
        "prefix",
        "index",
        "index-url",
        "extra-index-url",
        "no-index",
        "find-links",
        "index-strategy",
        "keyring-provider",
        "no-build",
        "no-binary",
        "only-binary",
        "no-build-isolation",
        "no-build-isolation-package",
        "extra-build-dependencies",
        "extra-build-variables",
        "strict",
        "extra",
        "all-extras",
        "no-extra",
        "no-deps",
        "group",
        "allow-empty-requirements",
        "resolution",
        "prerelease",
        "fork-strategy",
        "dependency-metadata",
        "output-file",
        "no-strip-extras",
        "no-strip-markers",
        "no-annotate",
        "no-header",
        "custom-compile-command",
        "generate-hashes",
        "legacy-setup-py",
        "config-settings",
        "config-settings-package",
        "python-version",
        "python-platform",
        "universal",
        "exclude-newer",
        "exclude-newer-package",
        "no-emit-package",
        "emit-index-url",
        "emit-find-links",
        "emit-build-options",
        "emit-marker-expression",
        "emit-index-annotation",
        "annotation-style",
        "link-mode",
        "compile-bytecode",
        "require-hashes",
        "verify-hashes",
        "no-verify-hashes",
        "no-sources",
        "no-sources-package",
        "upgrade",
        "upgrade-package",
        "reinstall",
        "reinstall-package",
        "concurrent-downloads",
        "concurrent-builds",
        "concurrent-installs",
        "torch-backend",
        "upgrade-group",
        "require-build-hashes",
    ]
)


@dataclass(slots=True)
class UvSettings:
    """`pip`: the merged [pip] table; `top`: the merged top level; `origins`: key → file; `error`: uv exits 2."""

    pip: dict[str, Any] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    unknown: str | None = None


def load(arguments: UvArguments, version: str, state: State, cwd: str, env: Environment, user: User) -> UvSettings:
    """The settings that hold for this run, the nearest file winning key by key."""
    settings = UvSettings()
    if not at_least(version, "0.1.45"):
        return settings
    given = arguments.text("config-file") or env.get("UV_CONFIG_FILE")
    if given:
        path = absolute(given, cwd)
        if state.files.exists(path) is False:
            settings.error = f"error: failed to open file `{given}`"
            return settings
        _merge(settings, path, _table(settings, path, state, user, strict=True))
        return settings
    if arguments.flag("no-config") or (at_least(version, "0.2") and boolish(env.get("UV_NO_CONFIG") or "0", version)):
        return settings
    folder = absolute(cwd, "/")
    while not (arguments.command or "").startswith("tool"):
        if _nearest(settings, folder, state, user) or settings.error or folder == "/":
            break
        folder = posixpath.dirname(folder)
    for path in (
        posixpath.join(xdg_config_home(env, user), "uv/uv.toml"),
        *(posixpath.join(part, "uv/uv.toml") for part in (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")),
        "/etc/uv/uv.toml",
    ):
        if not settings.error and state.files.is_file(path):
            _merge(settings, path, _table(settings, path, state, user, strict=True))
    return settings


def _nearest(settings: UvSettings, folder: str, state: State, user: User) -> bool:
    path = posixpath.join(folder, "uv.toml")
    if state.files.is_file(path):
        _merge(settings, path, _table(settings, path, state, user, strict=True))
        return True
    path = posixpath.join(folder, "pyproject.toml")
    if not state.files.is_file(path):
        return False
    table = _table(settings, path, state, user, strict=False)
    tool = table.get("tool")
    own = tool.get("uv") if isinstance(tool, dict) else None
    if not isinstance(own, dict):
        return False
    _merge(settings, path, own)
    return True


def _table(settings: UvSettings, path: str, state: State, user: User, *, strict: bool) -> dict[str, Any]:
    try:
        content = state.files.read(path, user)
        if content is None:
            settings.unknown = f"the content of {path} is not known"
            return {}
        table = tomllib.loads(content if isinstance(content, str) else content.decode("utf-8"))
    except OSError:
        settings.error = f"error: failed to read from file `{path}`"
        return {}
    except ValueError:
        if strict:
            settings.error = f"error: Failed to parse: `{path}`"
        return {}
    pip = table.get("pip") if strict else None
    if isinstance(pip, dict) and (wrong := sorted(set(pip) - _PIP_KEYS)):
        settings.error = f"error: Failed to parse: `{path}`: unknown field `{wrong[0]}`"
    return table


def _merge(settings: UvSettings, path: str, table: dict[str, Any]) -> None:
    for key, value in table.items():
        if key == "pip" and isinstance(value, dict):
            for name, item in value.items():
                if name not in settings.pip:
                    settings.pip[name] = item
                    settings.origins[name] = path
        else:
            settings.top.setdefault(key, value)
