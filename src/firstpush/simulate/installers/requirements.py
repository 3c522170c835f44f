"""Requirements as pip reads them: command-line words, `-r` files, local projects. In: texts; out: `Requirement`s.

A `Problem` is pip's refusal to read one. Follows pip/_internal/req/constructors.py and req_file.py.
"""

from __future__ import annotations

import posixpath
import re
import shlex
import tomllib
from dataclasses import dataclass

from firstpush.model.cause import Cause
from firstpush.model.machine import User
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.invocation import Word
from firstpush.simulate.state import State

_PLAIN = re.compile(r"^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*((?:[<>=!~].*)?)$")
_ARCHIVES = (".zip", ".whl", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz")
_WHEEL = re.compile(r"^([^-]+)-([^-]+)-.+\.whl$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """`name` None: not known before it is fetched; `specifier`: version clauses; `path`: a local project or archive;
    `marker`: environment marker text; `word`: where it was asked for."""

    text: str
    name: str | None
    specifier: str = ""
    path: str | None = None
    url: str | None = None
    marker: str = ""
    editable: bool = False
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the requirements cannot be had."""

    cause: Cause
    why: str
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """Why it cannot be known whether they can be had."""

    why: str


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_word(word: Word, state: State, cwd: str, *, editable: bool = False) -> Requirement | Problem | Unsure:
    """A requirement given on the command line."""
    if word.text is None:
        return Requirement("", None, word=word)
    return read_text(word.text, state, cwd, word=word, editable=editable)


def read_text(
    text: str, state: State, cwd: str, *, word: Word | None, editable: bool = False
) -> Requirement | Problem | Unsure:
    """One requirement: a path, an archive, a URL or a named one."""
    requirement, semicolon, marker = text.partition(";") if "://" not in text else text.partition("; ")
    bare = requirement.strip()
    if re.match(r"^(?:git|hg|svn|bzr)\+|^[a-z]+://", bare) or re.match(r"^[\w.-]+(\[[^\]]*\])?\s*@\s", bare):
        name = re.match(r"^([\w.-]+)(\[[^\]]*\])?\s*@\s", bare)
        if bare.startswith("file://"):
            return _path(bare[7:], text, state, cwd, word, editable)
        return Requirement(text, name[1] if name else None, url=bare, editable=editable, word=word)
    path = re.sub(r"\[[^\]]*\]$", "", bare)
    if "/" in path or path.startswith(".") or editable or path.lower().endswith(_ARCHIVES):
        return _path(path, text, state, cwd, word, editable)
    if match := _PLAIN.match(bare):
        specifier = match[3].strip().strip("()")
        if specifier and not _good_specifier(specifier):
            return Problem(Cause.INVALID_REQUIREMENT, f"Invalid requirement: {text!r}", word)
        return Requirement(text, match[1], specifier, marker=marker.strip() if semicolon else "", word=word)
    return Problem(Cause.INVALID_REQUIREMENT, f"Invalid requirement: {text!r}", word)


def _good_specifier(specifier: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(specifier)
    except InvalidSpecifier:
        return False
    return True


def _path(
    path: str, text: str, state: State, cwd: str, word: Word | None, editable: bool
) -> Requirement | Problem | Unsure:
    full = absolute(path, cwd)
    folder = state.files.is_folder(full)
    if folder is None:
        return Unsure(f"it is not known what {full} holds")
    if folder:
        return _project(full, text, state, word, editable)
    if path.lower().endswith(_ARCHIVES) and not editable:
        found = state.files.is_file(full)
        if found is False:
            return Problem(Cause.WRONG_REQUIREMENTS_PATH, f"{path} does not exist", word)
        wheel = _WHEEL.match(posixpath.basename(full))
        name, version = (wheel[1], wheel[2]) if wheel else (None, "")
        return Requirement(text, name, f"=={version}" if version else "", path=full, word=word)
    return Problem(Cause.WRONG_REQUIREMENTS_PATH, f"{path} does not exist", word)


def _project(folder: str, text: str, state: State, word: Word | None, editable: bool) -> Requirement | Problem | Unsure:
    setup, pyproject = posixpath.join(folder, "setup.py"), posixpath.join(folder, "pyproject.toml")
    answers = (state.files.is_file(setup), state.files.is_file(pyproject))
    if answers == (False, False):
        why = f"Directory {folder} is not installable. Neither 'setup.py' nor 'pyproject.toml' found."
        return Problem(Cause.WRONG_REQUIREMENTS_PATH, why, word)
    if True not in answers:
        return Unsure(f"it is not known what {folder} holds")
    table = read_toml(state, pyproject, User())
    project = table.get("project") if table else None
    name = str(project["name"]) if isinstance(project, dict) and "name" in project else None
    return Requirement(text, name, path=folder, editable=editable, word=word)


def read_toml(state: State, path: str, user: User) -> dict[str, object] | None:
    """A TOML file's content, or None when it is missing, unknown or broken."""
    if not state.files.is_file(path):
        return None
    try:
        content = state.files.read(path, user)
        if content is None:
            return None
        return tomllib.loads(content if isinstance(content, str) else content.decode("utf-8"))
    except (OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class RequirementFile:
    """What a `-r` file says: requirements, and its own options as (name, value)."""

    requirements: tuple[Requirement, ...]
    options: tuple[tuple[str, str], ...] = ()
    unsure: str | None = None


# pip's SUPPORTED_OPTIONS and SUPPORTED_OPTIONS_REQ: anything else is an error in a requirements file.
_FILE_OPTIONS = {
    "-i": 1, "--index-url": 1, "--extra-index-url": 1, "--no-index": 0, "-c": 1, "--constraint": 1, "-r": 1,
    "--requirement": 1, "-e": 1, "--editable": 1, "-f": 1, "--find-links": 1, "--no-binary": 1, "--only-binary": 1,
    "--prefer-binary": 0, "--require-hashes": 0, "--pre": 0, "--trusted-host": 1, "--use-feature": 1,
}  # fmt: skip


def read_file(
    path: str, state: State, cwd: str, user: User, word: Word | None, depth: int = 0
) -> RequirementFile | Problem:
    """A requirements file with the files that it includes."""
    if path.startswith(("http://", "https://", "file://")):
        return RequirementFile((), unsure=f"the content of {path} is not known")
    full = absolute(path, cwd)
    found = state.files.exists(full)
    if found is False:
        why = f"Could not open requirements file: [Errno 2] No such file or directory: {path!r}"
        return Problem(Cause.WRONG_REQUIREMENTS_PATH, why, word)
    try:
        content = state.files.read(full, user) if found else None
    except IsADirectoryError:
        why = f"Could not open requirements file: [Errno 21] Is a directory: {path!r}"
        return Problem(Cause.WRONG_REQUIREMENTS_PATH, why, word)
    except PermissionError:
        why = f"Could not open requirements file: [Errno 13] Permission denied: {path!r}"
        return Problem(Cause.PERMISSION_DENIED, why, word)
    except OSError:
        return Problem(Cause.WRONG_REQUIREMENTS_PATH, f"Could not open requirements file: {path!r}", word)
    if content is None:
        return RequirementFile((), unsure=f"the content of {full} is not known")
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    requirements: list[Requirement] = []
    options: list[tuple[str, str]] = []
    unsure: str | None = None
    folder = posixpath.dirname(full)
    for line in _logical_lines(text):
        if not line.startswith("-"):
            read = read_text(
                re.split(r"\s+--?[a-z]", line)[0].strip(), state, folder if line.startswith(".") else cwd, word=word
            )
            if isinstance(read, Problem):
                return read
            if isinstance(read, Unsure):
                unsure = read.why
            else:
                requirements.append(read)
            continue
        answer = _option_line(line, full, state, cwd, user, word, depth)
        if isinstance(answer, Problem):
            return answer
        requirements += answer.requirements
        options += answer.options
        unsure = unsure or answer.unsure
    return RequirementFile(tuple(requirements), tuple(options), unsure)


def _option_line(
    line: str, full: str, state: State, cwd: str, user: User, word: Word | None, depth: int
) -> RequirementFile | Problem:
    try:
        parts = shlex.split(line)
    except ValueError:
        parts = line.split()
    name, equals, value = parts[0].partition("=")
    if not name.startswith("--") and len(name) > 2:
        name, value, equals = name[:2], name[2:] + equals + value, "="
    if name not in _FILE_OPTIONS:
        matches = [known for known in _FILE_OPTIONS if name.startswith("--") and known.startswith(name)]
        if len(matches) != 1:
            why = f"Invalid requirement: {line!r}\n{posixpath.basename(full)}: error: no such option: {name}"
            return Problem(Cause.INVALID_REQUIREMENT, why, word)
        name = matches[0]
    if _FILE_OPTIONS[name] and not equals:
        if len(parts) < 2:
            return Problem(Cause.INVALID_REQUIREMENT, f"{name} option requires 1 argument", word)
        value = parts[1]
    if name in ("-r", "--requirement", "-c", "--constraint") and depth < 20:
        included = value if "://" in value else absolute(value, posixpath.dirname(full))
        nested = read_file(included, state, cwd, user, word, depth + 1)
        if isinstance(nested, Problem) or name in ("-r", "--requirement"):
            return nested
        return RequirementFile((), (), nested.unsure)
    if name in ("-e", "--editable"):
        read = read_text(value, state, cwd, word=word, editable=True)
        if isinstance(read, Problem):
            return read
        if isinstance(read, Unsure):
            return RequirementFile((), (), read.why)
        return RequirementFile((read,))
    return RequirementFile((), ((name, value),))


def _logical_lines(text: str) -> list[str]:
    """Continued lines joined, comments and empty lines left out."""
    text = re.sub(r"\\\r?\n", "", text.lstrip("\ufeff"))
    lines = (re.sub(r"(^|\s+)#.*$", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]
