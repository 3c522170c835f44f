"""What a project's install commands are after: command texts go in, the commands that are left inside a venv come out.

Making and activating environments, getting pip, and flags against PEP 668 fall away: the venv that a repair makes does
that. What is no installation stays as it is and where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from firstpush.model.value import dataclass, field
from firstpush.simulate.shell.ast import AndOr, Command, Pipeline, Simple
from firstpush.simulate.shell.parser import parse

_PYTHON = re.compile(r"(?:.*/)?python(?:\d(?:\.\d+)?)?\Z")
_PIP = re.compile(r"(?:.*/)?pip(?:\d(?:\.\d+)?)?\Z")
_SELF = frozenset({"pip", "setuptools", "wheel", "pip3"})
_FLAGS = frozenset({"--break-system-packages", "--user", "--system", "--root-user-action=ignore"})
_LOST_VARIABLES = re.compile(r"(?:PATH|VIRTUAL_ENV|PIP_BREAK_SYSTEM_PACKAGES|PIP_USER|PYTHONUSERBASE|PYTHONPATH)\Z")


@dataclass(slots=True)
class Installs:
    """`groups`: the commands that are left, one list for each command of the builder; `requirements`: files that pip
    reads; `packages`: what else pip installs; `pip`: anything is installed with pip; `others`: commands that install
    nothing; `dropped`: what fell away."""

    groups: list[list[str]] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    pip: bool = False
    others: bool = False
    dropped: list[str] = field(default_factory=list)

    @property
    def commands(self) -> list[str]:
        """One text for each group; a group that changes folder keeps that to itself."""
        texts = []
        for group in self.groups:
            text = " && ".join(group)
            moves = any(part.startswith("cd ") for part in group)
            texts.append(f"({text})" if moves and len(self.groups) > 1 else text)
        return texts


def read(texts: Sequence[str]) -> Installs | None:
    """What the commands install; None when one of them cannot be read."""
    installs = Installs()
    for text in texts:
        script = parse(text)
        if script.problem is not None:
            return None
        group: list[str] = []
        folder = ""
        for item in script.items:
            if item.background:
                return None
            for command in _flat(item.command):
                kept, folder = _kept(text, command, folder, installs)
                if kept is None:
                    installs.dropped.append(text[command.start : command.end])
                else:
                    group.append(kept)
        if group and not all(part.startswith("cd ") for part in group):
            installs.groups.append(group)
    return installs


def _flat(command: Command) -> Iterator[Command]:
    """The commands of an `&&` list. Of `a || b` where `a` installs, b is the way round its failure: it goes."""
    if isinstance(command, AndOr) and command.operator == "&&":
        yield from _flat(command.left)
        yield from _flat(command.right)
    elif isinstance(command, AndOr) and isinstance(command.left, Simple) and _is_pip(command.left):
        yield command.left
    else:
        yield command


def _words(command: Simple) -> list[str]:
    return [word.literal or "" for word in command.words]


def _is_pip(command: Simple) -> bool:
    words = _words(command)
    if not words:
        return False
    return bool(_PIP.match(words[0])) or (bool(_PYTHON.match(words[0])) and words[1:3] == ["-m", "pip"])


def _kept(text: str, command: Command, folder: str, installs: Installs) -> tuple[str | None, str]:
    """The command as it is to stay (None: it falls away) and the folder after it."""
    raw = text[command.start : command.end]
    if isinstance(command, Pipeline) and "get-pip" in raw:
        return None, folder
    if not isinstance(command, Simple):
        installs.others = True
        return raw, folder
    words = _words(command)
    if not words or not words[0]:
        lost = [item for item in (*command.assignments, *command.declared) if not _LOST_VARIABLES.match(item.name)]
        return (raw, folder) if lost or command.words else (None, folder)
    name = words[0].rsplit("/", 1)[-1]
    if name == "cd":
        target = words[1] if len(words) > 1 else ""
        return raw, f"{folder}/{target}".strip("/") if target and not target.startswith("/") else target
    if _is_pip(command):
        first = 1 if _PIP.match(words[0]) else 3
        return _pip(text, command, first, folder, installs), folder
    if name == "uv" and words[1:3] == ["pip", "install"]:
        installs.pip = True
        return " ".join([*_assignments(text, command), _without_flags(text, command, 0)]), folder
    if _falls_away(name, words, command):
        return None, folder
    installs.others = True
    if _PYTHON.match(words[0]) and words[0] != "python":
        return "python" + text[command.words[0].end : command.end], folder
    return raw, folder


def _falls_away(name: str, words: list[str], command: Simple) -> bool:
    if name in ("virtualenv", "deactivate"):
        return True
    if name in ("source", ".") and len(words) > 1:
        return words[1].endswith("/activate")
    if name in ("curl", "wget", "rm") and any("get-pip" in word for word in words):
        return True
    if name == "export":
        return bool(command.declared) and all(_LOST_VARIABLES.match(item.name) for item in command.declared)
    if _PYTHON.match(words[0]):
        return words[1:3] in (["-m", "venv"], ["-m", "virtualenv"], ["-m", "ensurepip"]) or any(
            "get-pip" in word for word in words
        )
    return False


def _pip(text: str, command: Simple, first: int, folder: str, installs: Installs) -> str | None:
    words = _words(command)
    arguments = [word for word in words[first:] if word not in _FLAGS]
    if "install" not in arguments:
        installs.others = True
        return "pip " + text[command.words[first].start : command.end] if len(words) > first else None
    rest = arguments[arguments.index("install") + 1 :]
    names: list[str] = []
    files: list[str] = []
    skip = False
    for index, word in enumerate(rest):
        if skip:
            skip = False
        elif word in ("-r", "--requirement") and index + 1 < len(rest):
            files.append(rest[index + 1])
            skip = True
        elif word.startswith(("--requirement=", "-r")) and len(word) > 2:
            files.append(word.split("=", 1)[-1] if word.startswith("--") else word[2:])
        elif word in ("-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links"):
            skip = True
        elif not word.startswith("-"):
            names.append(word)
    if not files and names and all(re.split(r"[=<>~!\[]", each)[0].lower() in _SELF for each in names):
        return None  # pip upgrades itself: a new venv's pip will do
    installs.pip = True
    installs.requirements += [f"{folder}/{each}" if folder and not each.startswith("/") else each for each in files]
    installs.packages += names
    return " ".join([*_assignments(text, command), "pip", _without_flags(text, command, first)])


def _assignments(text: str, command: Simple) -> list[str]:
    return [text[each.start : each.end] for each in command.assignments if not _LOST_VARIABLES.match(each.name)]


def _without_flags(text: str, command: Simple, first: int) -> str:
    """The words from `first` on as written, without the flags against PEP 668, and the redirections."""
    parts = [text[word.start : word.end] for word in command.words[first:] if (word.literal or "") not in _FLAGS]
    return " ".join(parts + [text[each.start : each.end] for each in command.redirects])
