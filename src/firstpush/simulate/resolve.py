"""Which file a command's name reaches. In: a name, PATH, a working directory, the files; out: a `Resolution`.

As bash and dash do it: a name with a slash is a path; else the folders of PATH in order, an empty one meaning the
working directory; a file that may not be executed is passed over unless nothing else is found.
"""

from __future__ import annotations

import re
from posixpath import join
from typing import TYPE_CHECKING

from firstpush.model.diagnostic import TraceStep
from firstpush.model.value import dataclass
from firstpush.simulate.filesystem import File, Folder
from firstpush.simulate.scripts import script_among

if TYPE_CHECKING:
    from firstpush.simulate.state import State

# What bash searches when PATH is not set.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_PIP = re.compile(r"(?:.*/)?pip(?:\d+(?:\.\d+)?)?$")
_PYTHON = re.compile(r"(?:.*/)?(?:python(?:\d+(?:\.\d+)?)?|pypy3?)$")


@dataclass(frozen=True, slots=True)
class Resolution:
    """`path`: the file; or why there is none: `missing`, `denied` (not executable), `folder`, `unknown` (`why`)."""

    path: str | None
    problem: str = ""
    why: str = ""
    trace: tuple[TraceStep, ...] = ()
    by: str | None = None  # the file is a console script that this distribution brings


def is_pip(name: str) -> bool:
    return _PIP.match(name) is not None


def is_python(name: str) -> bool:
    return _PYTHON.match(name) is not None


def resolve(state: State, name: str, path: str | None, cwd: str, hashed: str | None = None) -> Resolution:
    """`path`: the value of PATH, None when it is not known. `hashed`: where the shell found the name before."""
    if "/" in name:
        return _direct(state, join(cwd, name))
    if hashed is not None:
        found = _direct(state, hashed)
        if found.path is not None:
            return found
        return Resolution(None, "missing", f"the shell remembers `{name}` as {hashed}, which is gone")
    if path is None:
        return Resolution(None, "unknown", "the value of PATH is not known")
    folders = path.split(":")
    denied: str | None = None
    doubt = ""
    for number, folder in enumerate(folders):
        candidate = f"{folder}/{name}" if folder[:1] == "/" else join(cwd, folder, name)
        if not candidate.startswith("/"):
            continue
        node = state.files.node(candidate)
        if isinstance(node, File):
            if node.mode & 0o111:
                return Resolution(candidate, trace=_found(name, candidate, folders, number))
            denied = denied or candidate
            continue
        if isinstance(node, Folder):
            continue
        maybe = state.maybe_script(folder if folder[:1] == "/" else join(cwd, folder))
        brings, owner = script_among(maybe, name) if maybe else (False, "")
        if brings:
            return Resolution(candidate, trace=_found(name, candidate, folders, number), by=owner)
        if brings is None:
            doubt = doubt or f"`{owner}` may bring a command `{name}`"
        if not doubt and folder and _may_exist(state, name, candidate):
            doubt = f"the machine may have a program `{name}`: it is not described completely"
    if denied is not None:
        return Resolution(None, "denied", denied)
    brings, owner = script_among(state.assumed, name)
    if brings:
        return Resolution(join(cwd, folders[0] or "/usr/local/bin", name), by=owner)
    if brings is None:
        doubt = doubt or f"`{owner}` may bring a command `{name}`"
    if doubt:
        return Resolution(None, "unknown", doubt)
    return Resolution(None, "missing", f"`{name}` is in none of the folders of PATH", _missing(name, folders))


def _may_exist(state: State, name: str, path: str) -> bool:
    """Whether a program that is not described may lie here. Few programs bring a pip or a Python."""
    if is_pip(name) or is_python(name):
        return state.files.may_hold_python(path)
    return state.files.exists(path) is None


def _direct(state: State, path: str) -> Resolution:
    node = state.files.node(path)
    if isinstance(node, File):
        if node.mode & 0o111:
            return Resolution(path)
        return Resolution(None, "denied", path)
    if isinstance(node, Folder):
        return Resolution(None, "folder", path)
    folder, _, name = path.rpartition("/")
    brings, owner = script_among(state.maybe_script(folder), name)
    if brings:
        return Resolution(path, by=owner)
    if brings is None:
        return Resolution(None, "unknown", f"`{owner}` may bring a command `{name}`")
    if state.files.exists(path) is None:
        return Resolution(None, "unknown", f"whether {path} exists is not known")
    return Resolution(None, "missing", f"{path} does not exist")


def _found(name: str, path: str, folders: list[str], number: int) -> tuple[TraceStep, ...]:
    if len(folders) == 1:
        return (TraceStep(f"`{name}` is {path}"),)
    return (TraceStep(f"`{name}` is {path}: folder {number + 1} of {len(folders)} on PATH"),)


def _missing(name: str, folders: list[str]) -> tuple[TraceStep, ...]:
    shown = ":".join(folders)
    return (TraceStep(f"PATH is {shown or '(empty)'}: none of its folders has `{name}`"),)
