"""Requirements as pip reads them: command-line words, `-r` files, local projects. In: texts; out: `Requirement`s.

A `Problem` is pip's refusal to read one. Follows pip/_internal/req/constructors.py and req_file.py.
"""

from __future__ import annotations

import posixpath
import re
import shlex
import tomllib

from firstpush.model.cause import Cause
from firstpush.model.machine import User
from firstpush.model.text import Span
from firstpush.model.value import dataclass
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


# What nearly every requirement says; anything else is left to `packaging`, whose import costs more than a small check.
_COMMON = re.compile(r"(?:(?:[<>=!]=|~=(?=\s*\d+\.)|<|>)\s*\d+(?:\.\d+)*\s*(?:,\s*|$))+")


def _good_specifier(specifier: str) -> bool:
    if _COMMON.fullmatch(specifier):
        return True
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
    path: str, state: State, cwd: str, user: User, word: Word | None, depth: int = 0, *, lenient: bool = False
) -> RequirementFile | Problem:
    """A requirements file with the files that it includes. `lenient`: lines that cannot be read are left out."""
    if path.startswith(("http://", "https://", "file://")):
        return RequirementFile((), unsure=f"the content of {path} is not known")
    full = absolute(path, cwd)
    content = _content(path, full, state, user, word)
    if isinstance(content, Problem):
        return content
    if content is None:
        return RequirementFile((), unsure=f"the content of {full} is not known")
    requirements: list[Requirement] = []
    options: list[tuple[str, str]] = []
    unsure: str | None = None
    folder = posixpath.dirname(full)
    source = state.files.source(full)
    for line in logical_lines(*content):
        here = Word(line.text, Span(source, line.start, line.end)) if source is not None else word
        answer: RequirementFile | Problem
        if line.text.startswith("-"):
            answer = _option_line(line.text, full, state, cwd, user, here, depth)
        else:
            base = folder if line.text.startswith(".") else cwd
            read = read_text(re.split(r"\s+--?[a-z]", line.text)[0].strip(), state, base, word=here)
            if isinstance(read, Requirement):
                answer = RequirementFile((read,))
            else:
                answer = RequirementFile((), unsure=read.why) if isinstance(read, Unsure) else read
        if isinstance(answer, Problem):
            if not lenient:
                return answer
            continue
        requirements += answer.requirements
        options += answer.options
        unsure = unsure or answer.unsure
    return RequirementFile(tuple(requirements), tuple(options), unsure)


def _content(
    path: str, full: str, state: State, user: User, word: Word | None
) -> tuple[str, str, int] | Problem | None:
    """The file's text, its encoding and how many bytes stand before it; None when it is not known."""
    start = "Could not open requirements file:"
    try:
        found = state.files.exists(full)
        if found is False:
            raise FileNotFoundError
        content = state.files.read(full, user) if found else None
    except IsADirectoryError:
        return Problem(Cause.WRONG_REQUIREMENTS_PATH, f"{start} [Errno 21] Is a directory: {path!r}", word)
    except PermissionError:
        return Problem(Cause.PERMISSION_DENIED, f"{start} [Errno 13] Permission denied: {path!r}", word)
    except OSError:
        why = f"{start} [Errno 2] No such file or directory: {path!r}"
        return Problem(Cause.WRONG_REQUIREMENTS_PATH, why, word)
    if content is None:
        return None
    return (content, "utf-8", _byte_order_mark(full, state)) if isinstance(content, str) else _decoded(content)


def _byte_order_mark(full: str, state: State) -> int:
    """How many bytes of a project file stand before its text."""
    name = state.files.source(full)
    for mount in state.files.mounts:
        if name is not None and mount.tree.exists(name):
            found = mount.tree.source(name)
            return 3 if found is not None and found.has_bom else 0
    return 0


def _decoded(data: bytes) -> tuple[str, str, int]:
    """As pip does it: a byte order mark says the encoding (Windows' PowerShell writes UTF-16); what is not UTF-8 is
    taken in the locale's, for which latin-1 stands here."""
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "ignore"), encoding, len(mark)
    return data.decode("latin-1"), "latin-1", 0


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a requirements file without comment, continuations joined; `start`, `end`: its bytes."""

    text: str
    start: int
    end: int


def logical_lines(text: str, encoding: str = "utf-8", offset: int = 0) -> list[Line]:
    """The lines that say something. `offset`: bytes of the file before the text (a byte order mark)."""
    out: list[Line] = []
    pending, begun = "", 0
    for raw in text.splitlines(keepends=True):
        size = len(raw.encode(encoding))
        line = raw.rstrip("\r\n").lstrip("\ufeff")
        if not pending:
            begun = offset + size - len(raw.lstrip("\ufeff \t").encode(encoding))
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            pending += line[:-1]
        else:
            joined = re.sub(r"(^|\s+)#.*$", "", pending + line).strip()
            if joined:
                end = offset + len(re.sub(r"(^|\s+)#.*$", "", line).rstrip().encode(encoding))
                out.append(Line(joined, begun, max(end, begun)))
            pending = ""
        offset += size
    if pending.strip():
        out.append(Line(pending.strip(), begun, offset))
    return out
