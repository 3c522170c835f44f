"""pip's configuration: files in its three levels, PIP_CONFIG_FILE, PIP_* variables. In: Python, working directory,
whether isolated; out: `Settings` in pip's order of precedence.

Follows pip/_internal/configuration.py (the same rules from 20.0 to 26.3).
"""

from __future__ import annotations

import posixpath

from firstpush.model.value import dataclass
from firstpush.simulate.installers.paths import absolute, below_home, xdg_config_home
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.versions import behaves


@dataclass(frozen=True, slots=True)
class Setting:
    """`section`: of the file, or `:env:`; `value` None: not known; `source`: the file or the variable."""

    section: str
    key: str
    value: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """`items`: later ones win; `error`: a file that pip cannot load (exit 2); `unknown`: why they are not certain."""

    items: tuple[Setting, ...] = ()
    error: str | None = None
    unknown: str | None = None

    def for_command(self, name: str) -> list[Setting]:
        """The settings that a command's parser takes, in the order in which it stores them: [global], its own
        section, the environment. A key that is set again by a stronger file replaces the weaker one."""
        out: list[Setting] = []
        for section in ("global", name, ":env:"):
            merged: dict[str, Setting] = {}
            for item in self.items:
                if item.section == section:
                    merged[item.key] = item
            out += [item for item in merged.values() if item.value != ""]
        return out


def config_files(python: RunningPython, isolated: bool, cwd: str = "/") -> list[str]:
    """The files that pip reads, weakest first."""
    env, user = python.env, python.user
    given = env.get("PIP_CONFIG_FILE")
    if given == "/dev/null":
        return []
    system = [posixpath.join(folder, "pip") for folder in (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")]
    files = [posixpath.join(folder, "pip.conf") for folder in (*system, "/etc")]
    redirected = given is not None and python.state.files.exists(absolute(given, cwd))
    if not isolated and not redirected:
        files.append(below_home(env, user, ".pip", "pip.conf"))
        files.append(posixpath.join(xdg_config_home(env, user), "pip", "pip.conf"))
    files.append(posixpath.join(python.view.prefix, "pip.conf"))
    if given is not None:
        files.append(given)
    return files


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


def load(python: RunningPython, cwd: str, isolated: bool, version: str = "26.3") -> Settings:
    """Everything that pip's parsers take before the command line."""
    items: list[Setting] = []
    unknown = None
    for path in config_files(python, isolated, cwd):
        path = absolute(path, cwd)
        if not python.state.files.exists(path):
            continue
        try:
            content = python.state.files.read(path, python.user)
        except OSError:
            continue  # configparser ignores a file that cannot be opened
        if content is None:
            unknown = f"the content of {path} is not known"
            continue
        import configparser

        parser = configparser.RawConfigParser()
        if behaves("pip", "configuration-keys-are-one", version):
            parser.optionxform = _normal  # type: ignore[method-assign,assignment]
        try:
            text = content if isinstance(content, str) else content.decode("utf-8")
            parser.read_string(text, path)
        except UnicodeDecodeError:
            return Settings(error=f"Configuration file contains invalid utf-8 characters in {path}.")
        except configparser.Error as error:
            return Settings(error=f"Configuration file could not be loaded.\n{error}\n")
        for section in parser.sections():
            items += [Setting(section, _normal(key), value, path) for key, value in parser.items(section)]
    if not isolated:
        for name, value in python.env.items():
            key = name[4:].lower().replace("_", "-")
            if name.startswith("PIP_") and key not in ("version", "help"):
                items.append(Setting(":env:", key.removeprefix("--"), value, name))
    return Settings(tuple(items), unknown=unknown)


def truth(value: str) -> bool | None:
    """distutils' `strtobool`; None: it refuses the word."""
    word = value.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return True
    return False if word in ("n", "no", "f", "false", "off", "0") else None
