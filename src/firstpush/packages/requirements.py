"""Requirement files as pip reads them, with places. In: a tree and a path; out: `RequirementFiles`, nested ones too.

`-r` and `-c` are followed relative to the file that names them. Follows pip's documentation "Requirements File Format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.model.cause import Cause
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.project.tree import ProjectTree

MAX_NESTING = 10
_NAMED = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]*)\])?\s*"
    r"(?P<specifier>\(?\s*(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[^,;()\s]+\s*,?\s*)*\)?)\s*(?:;(?P<marker>.*))?"
)
_DIRECT = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?P<extras>[^\]]*)\])?\s*@\s*(?P<url>\S+)\s*(?:;(?P<marker>.*))?"
)
_URL = re.compile(r"(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+.]*://")
_EGG = re.compile(r"[#&]egg=([\w.-]+)")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_INCLUDE = re.compile(r"(?P<option>-r|--requirement|-c|--constraint)(?:\s*=\s*|\s+|(?=[^\s=-]))(?P<path>\S.*)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s+)(?P<path>\S.*)")
_ARCHIVE = re.compile(r"\.(?:zip|whl|tar\.gz|tgz|tar|tar\.bz2|tar\.xz)$", re.IGNORECASE)
_WHEEL = re.compile(r"([^-/]+)-[^-/]+-[^/]*\.whl$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """`name`: canonical (PEP 503), None where only a build tells; `path`: a local project or archive, relative to the
    tree; `constraint`: it only restricts versions."""

    text: str
    span: Span
    name: str | None = None
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    url: str | None = None
    path: str | None = None
    editable: bool = False
    constraint: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """A `-r` or `-c` line. `path`: relative to the tree; `exists`: whether the tree has it."""

    option: str
    path: str
    span: Span
    exists: bool


@dataclass(frozen=True, slots=True)
class RequirementProblem:
    """What pip refuses, in one sentence and at its place."""

    cause: Cause
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class RequirementFiles:
    """A file and what it includes. `complete`: False when a file is missing or holds what only pip can read."""

    path: str
    requirements: tuple[Requirement, ...] = ()
    includes: tuple[Include, ...] = ()
    options: tuple[tuple[str, Span], ...] = ()
    problems: tuple[RequirementProblem, ...] = ()
    complete: bool = True

    def named(self, name: str) -> Requirement | None:
        """The requirement of a distribution."""
        wanted = canonical(name)
        return next((item for item in self.requirements if item.name == wanted and not item.constraint), None)


def canonical(name: str) -> str:
    """The comparable form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(tree: ProjectTree, path: str, base: str = "") -> RequirementFiles:
    """The requirements of a file. `base`: the working directory, from which local paths count."""
    reader = _Reader(tree, base)
    reader.file(path, False, 0)
    return RequirementFiles(
        path,
        tuple(reader.requirements),
        tuple(reader.includes),
        tuple(reader.options),
        tuple(reader.problems),
        reader.complete,
    )


def lines(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Logical lines of a file: start and end byte, text (continuations joined, comments kept)."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    start, text = at, ""
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end].decode("utf-8", "replace").rstrip("\r")
        # A comment line inside a continuation ends nothing, as in pip.
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            text += line[:-1]
        else:
            yield start, min(end, len(data)), text + line
            start, text = end + 1, ""
        at = end + 1
    if text:
        yield start, len(data), text


class _Reader:
    def __init__(self, tree: ProjectTree, base: str) -> None:
        self.tree = tree
        self.base = base
        self.requirements: list[Requirement] = []
        self.includes: list[Include] = []
        self.options: list[tuple[str, Span]] = []
        self.problems: list[RequirementProblem] = []
        self.complete = True
        self.seen: set[str] = set()

    def file(self, path: str, constraint: bool, depth: int) -> None:
        source = self.tree.source(path)
        if source is None or depth > MAX_NESTING:
            self.complete = False
            return
        if path in self.seen:
            return
        self.seen.add(path)
        for start, end, raw in lines(source.data):
            text = _COMMENT.sub("", raw).strip()
            if text:
                begin = start + len(source.data[start:end]) - len(source.data[start:end].lstrip())
                stop = _end(source.data, begin, end)
                self.line(text, Span(path, begin, stop), constraint, depth)

    def line(self, text: str, span: Span, constraint: bool, depth: int) -> None:
        include = _INCLUDE.match(text)
        if include is not None:
            self.include(include, span, constraint, depth)
            return
        editable = _EDITABLE.match(text)
        if editable is not None:
            self.requirements.append(self.local(editable["path"].strip(), text, span, editable=True))
            return
        if text.startswith("-"):
            self.options.append((text, span))
            return
        text = re.split(r"\s+--(?:hash|config-settings|global-option)\b", text)[0].rstrip()
        if "${" in text:
            self.complete = False
            return
        found = self.requirement(text, span)
        if found is not None:
            self.requirements.append(found if not constraint else _as_constraint(found))

    def include(self, match: re.Match[str], span: Span, constraint: bool, depth: int) -> None:
        option = "-c" if match["option"] in ("-c", "--constraint") else "-r"
        written = match["path"].strip().strip("'\"")
        if _URL.match(written) or "${" in written:
            self.complete = False
            return
        path = _normal(f"{span.path.rpartition('/')[0]}/{written}")
        exists = path is not None and self.tree.exists(path)
        self.includes.append(Include(option, path or written, span, exists))
        if path is None or not exists:
            self.complete = False
            words = "constraints" if option == "-c" else "requirements"
            message = f"pip finds no {words} file `{written}` beside {span.path}"
            self.problems.append(RequirementProblem(Cause.WRONG_REQUIREMENTS_PATH, message, span))
            return
        self.file(path, constraint or option == "-c", depth + 1)

    def requirement(self, text: str, span: Span) -> Requirement | None:
        direct = _DIRECT.fullmatch(text)
        if direct is not None:
            extras = _extras(direct["extras"])
            marker = (direct["marker"] or "").strip()
            return Requirement(text, span, canonical(direct["name"]), extras, marker=marker, url=direct["url"])
        if _URL.match(text):
            egg = _EGG.search(text)
            return Requirement(text, span, canonical(egg[1]) if egg else None, url=text)
        named = _NAMED.fullmatch(text)
        if named is not None and not _ARCHIVE.search(text):
            specifier = named["specifier"].strip().strip("()").strip()
            name = canonical(named["name"])
            marker = (named["marker"] or "").strip()
            return Requirement(text, span, name, _extras(named["extras"]), specifier, marker)
        if "/" in text or text.startswith(".") or _ARCHIVE.search(text):
            return self.local(text, text, span, editable=False)
        from packaging.requirements import InvalidRequirement
        from packaging.requirements import Requirement as Parsed

        try:
            parsed = Parsed(text)
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            message = f"pip cannot read the requirement `{text}`: {reason}"
            self.problems.append(RequirementProblem(Cause.INVALID_REQUIREMENT, message, span))
            self.complete = False
            return None
        marker = str(parsed.marker) if parsed.marker else ""
        extras = tuple(sorted(parsed.extras))
        return Requirement(text, span, canonical(parsed.name), extras, str(parsed.specifier), marker, parsed.url)

    def local(self, written: str, text: str, span: Span, editable: bool) -> Requirement:
        if _URL.match(written):
            egg = _EGG.search(written)
            return Requirement(text, span, canonical(egg[1]) if egg else None, url=written, editable=editable)
        bare = re.sub(r"\[[^\]]*\]$", "", written.split(";")[0].strip()).removeprefix("file:")
        wheel = _WHEEL.search(bare)
        name = canonical(wheel[1]) if wheel else None
        path = _normal(f"{self.base}/{bare}")
        return Requirement(text, span, name, path=path if path is not None else bare, editable=editable)


def _as_constraint(found: Requirement) -> Requirement:
    from firstpush.model.value import replace

    return replace(found, constraint=True)


def _end(data: bytes, start: int, end: int) -> int:
    """Where the text of a line ends: before its comment and blanks."""
    comment = re.search(rb"\s#", data[start:end]) if b"\n" not in data[start:end] else None
    stop = start + comment.start() if comment else end
    return start + len(data[start:stop].rstrip())


def _extras(text: str | None) -> tuple[str, ...]:
    return tuple(canonical(item.strip()) for item in (text or "").split(",") if item.strip())


def _normal(path: str) -> str | None:
    """A path relative to the tree, or None when it leads out of it."""
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
