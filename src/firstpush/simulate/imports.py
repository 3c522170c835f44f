"""Is a module importable, and does a Python file's import chain hold? In: a Python, files; out: what is missing.

Python files are read with `ast` only. Answers are three-valued: a module that no known distribution brings may still
come with one whose content or requirements are not known.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from functools import lru_cache
from posixpath import dirname, join
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.packages.names import is_standard, modules_of
from firstpush.simulate.scripts import distribution_of_module, module_among, normalise

if TYPE_CHECKING:
    from firstpush.simulate.state import PythonView, State

MAX_FILES = 300
MAX_BYTES = 1_000_000


def version_of(python: PythonView) -> tuple[int, int]:
    parts = python.version.split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdigit() and parts[1].isdigit() else (3, 11)


@dataclass(frozen=True, slots=True)
class Missing:
    """A module that is not importable. `span`: the import, in the file `path`; `distribution`: what would bring it;
    `local`: a file of the project itself is missing; `elsewhere`: a site directory that has it; `problem`: it is
    there, but importing it fails for this reason."""

    module: str
    path: str | None = None
    span: Span | None = None
    distribution: str | None = None
    local: bool = False
    elsewhere: str | None = None
    problem: tuple[Cause, str] | None = None


def importable(state: State, python: PythonView, module: str, folders: Sequence[str]) -> bool | None:
    """Whether `import module` finds it. `folders`: what comes before the site directories on `sys.path`."""
    top = module.split(".")[0]
    version = version_of(python)
    if is_standard(top, version):
        if top == "ensurepip":
            return python.ensurepip != "absent"
        if top == "distutils" and python.vendor == "debian" and python.pip is None:
            return None
        return True
    for folder in folders:
        found = local_module(state, folder, module)
        if found is not False:
            return found
    have = [one for site in python.sites for one in state.installed(site)]
    if any(local_module(state, site, top, extensions=False) for site in python.sites):
        return True
    if top == "distutils":
        return any(normalise(one.name) == "setuptools" for one in have)  # its shim
    if top == "pip":
        return python.pip is not None
    truth = module_among([*have, *state.assumed], top)[0]
    return None if truth is False and (state.unfinished or state.tainted) else truth


def elsewhere(state: State, python: PythonView, module: str) -> str | None:
    """A site directory of another Python that has the module."""
    if module.split(".")[0] in _OWN:
        return None
    for site in state.sites():
        if site in python.sites or state.files.realpath(site) in python.sites:
            continue
        if module_among(state.installed(site), module)[0]:
            return site
    return None


def broken_import(state: State, python: PythonView, module: str) -> str | None:
    """Why importing a module that is installed fails nevertheless, or None."""
    top = module.split(".")[0]
    for one in (*(one for site in python.sites for one in state.installed(site)), *state.assumed):
        # Its own modules only: what it brings along works without it.
        if one.broken and top in (one.modules or modules_of(one.name)):
            return one.broken
    return None


def bare(state: State, python: PythonView) -> bool:
    """Whether nothing was installed for this Python, apart from what it comes with."""
    tools = {program.module_dir for program in state.machine.programs}
    sites = [site for site in python.sites if site not in tools]
    return all(normalise(one.name) in _OWN for site in sites for one in state.installed(site))


_OWN = frozenset(("pip", "setuptools", "wheel"))


def local_module(state: State, folder: str, module: str, *, extensions: bool = True) -> bool | None:
    """Whether a folder has this module as a file or a package; a part of a package that is missing is missing."""
    files = state.files
    base = folder
    parts = module.split(".")
    for number, part in enumerate(parts):
        path = f"{base}/{part}"
        if files.is_file(path + ".py"):
            return True
        if files.is_folder(path):
            if number == len(parts) - 1:
                return bool(files.exists(path + "/__init__.py") or number or _has_python(state, path))
            base = path
            continue
        if extensions and any(
            name.startswith(part + ".") and name.endswith((".so", ".pyd", ".pyc")) for name in files.list(base)
        ):
            return True
        if files.exists(path + ".py") is None:
            return None
        return False
    return False


def _has_python(state: State, folder: str) -> bool:
    return any(path.endswith(".py") for path in state.files.walk(folder))


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import that runs when its file is imported. Offsets are bytes of the file."""

    module: str
    level: int
    names: tuple[str, ...]
    start: int
    end: int


@lru_cache(maxsize=512)
def import_lines(text: str, main: bool = False) -> tuple[ImportLine, ...] | None:
    """The unguarded imports of a file in the order in which they run, or None when it cannot be parsed. `main`: the
    file is run as a script, so that what stands below `if __name__ == "__main__"` runs too."""
    if len(text) > MAX_BYTES:
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    offsets = _line_offsets(text)
    found: list[ImportLine] = []
    _collect(tree.body, offsets, found, main)
    return tuple(found)


def syntax_error(text: str) -> tuple[str, int, int, int] | None:
    """Message, line, and the bytes of the line, when the text is no Python for the running Python."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = error.lineno or 1
        offsets = _line_offsets(text)
        start = offsets[min(line, len(offsets)) - 1]
        end = max(start, offsets[min(line, len(offsets) - 1)] - 1)
        return error.msg, line, start, end
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _line_offsets(text: str) -> list[int]:
    offsets, at = [0], 0
    for line in text.encode("utf-8", "surrogatepass").split(b"\n"):
        at += len(line) + 1
        offsets.append(at)
    return offsets


def _collect(body: Sequence[ast.stmt], offsets: list[int], found: list[ImportLine], main: bool) -> None:
    for node in body:
        if isinstance(node, ast.Import):
            start, end = _place(node, offsets)
            found.extend(ImportLine(alias.name, 0, (), start, end) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start, end = _place(node, offsets)
            names = tuple(alias.name for alias in node.names)
            found.append(ImportLine(node.module or "", node.level, names, start, end))
        elif (main and isinstance(node, ast.If) and _is_main(node.test)) or isinstance(node, ast.With | ast.ClassDef):
            _collect(node.body, offsets, found, main)
        # `try` guards its imports, `if` may not be taken, functions run later.


def _is_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def _place(node: ast.stmt, offsets: list[int]) -> tuple[int, int]:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return offsets[node.lineno - 1] + node.col_offset, offsets[end_line - 1] + end_column


@dataclass(slots=True)
class ImportCheck:
    """Follows imports from a file through the project's own modules. `missing`: the first that fails; `doubt`: why the
    rest is not certain."""

    state: State
    python: PythonView
    folders: tuple[str, ...]
    missing: Missing | None = None
    doubt: str = ""

    def file(self, path: str, package: str | None = None) -> None:
        """Check a file and what it imports. `package`: the folder that its relative imports start from."""
        self._file(path, set(), package, main=True)

    def module(self, module: str) -> str | None:
        """Check a module by name as a start command imports it; returns its file where it is one of the project."""
        path = self._local_file(module)
        if path is not None:
            self._packages(module, set())
            self._file(path, set(), dirname(path))
        return path

    def _local_file(self, module: str) -> str | None:
        for folder in self.folders:
            base = join(folder, module.replace(".", "/"))
            for candidate in (base + ".py", base + "/__init__.py"):
                if self.state.files.is_file(candidate):
                    return candidate
        return None

    def _packages(self, module: str, seen: set[str]) -> None:
        parts = module.split(".")[:-1]
        for count in range(1, len(parts) + 1):
            path = self._local_file(".".join(parts[:count]))
            if path is not None and self.missing is None:
                self._file(path, seen, dirname(path))

    def _file(self, path: str, seen: set[str], package: str | None, main: bool = False) -> None:
        if path in seen or len(seen) > MAX_FILES or self.missing is not None:
            return
        seen.add(path)
        text = self.state.files.text(path)
        lines = import_lines(text, main) if text is not None else None
        source = self.state.files.source(path)
        if lines is None or text is None:
            self._unreadable(path, source, text)
            return
        for line in lines:
            if self.missing is not None:
                return
            span = Span(source, line.start, line.end) if source is not None else None
            if line.level:
                self._relative(line, path, package or dirname(path), seen, source, span)
            else:
                self._absolute(line, seen, source, span)

    def _unreadable(self, path: str, source: str | None, text: str | None) -> None:
        """A file that this Python cannot parse: a failure where the app's Python is not newer than this one."""
        error = syntax_error(text) if text is not None else None
        if text is None or error is None:
            self.doubt = self.doubt or f"{path} cannot be read"
            return
        message, line, start, end = error
        shown = source or path
        if version_of(self.python) > sys.version_info[:2] or version_of(self.python) < (3, 0):
            mine, its = ".".join(map(str, sys.version_info[:2])), ".".join(map(str, version_of(self.python)))
            self.doubt = self.doubt or (
                f"{shown} has a syntax error for Python {mine}, which checks this; the deployment's Python is {its}"
            )
            return
        why = f"SyntaxError in {shown} line {line}: {message}"
        span = Span(source, start, end) if source is not None else None
        self.missing = Missing(shown, source, span, local=True, problem=(Cause.OTHER, why))

    def _absolute(self, line: ImportLine, seen: set[str], source: str | None, span: Span | None) -> None:
        truth = importable(self.state, self.python, line.module, self.folders)
        if truth is None:
            self.doubt = self.doubt or f"whether `{line.module}` is installed is not known"
            return
        if truth is False:
            top = line.module.split(".")[0]
            local = any(self.state.files.is_folder(join(folder, top)) for folder in self.folders)
            self.missing = Missing(
                line.module,
                source,
                span,
                distribution_of_module(top),
                local,
                elsewhere(self.state, self.python, line.module),
            )
            return
        path = self._local_file(line.module)
        if path is None:
            broken = broken_import(self.state, self.python, line.module)
            if broken is not None:
                problem = (Cause.DEPENDENCY_CONFLICT, broken)
                self.missing = Missing(line.module, source, span, problem=problem)
            return
        self._packages(line.module, seen)
        self._file(path, seen, dirname(path))
        for name in line.names:
            inner = self._local_file(f"{line.module}.{name}")
            if inner is not None:
                self._file(inner, seen, dirname(inner))

    def _relative(
        self, line: ImportLine, path: str, package: str, seen: set[str], source: str | None, span: Span | None
    ) -> None:
        folder = package
        for _ in range(line.level - 1):
            folder = dirname(folder)
        names = [line.module] if line.module else list(line.names)
        for name in names:
            base = join(folder, name.replace(".", "/"))
            for candidate in (base + ".py", base + "/__init__.py"):
                if self.state.files.is_file(candidate):
                    self._file(candidate, seen, dirname(candidate))
                    break
            else:
                gone = line.module and self.state.files.is_folder(base) is False
                if gone and local_module(self.state, folder, name) is False:
                    self.missing = Missing("." * line.level + name, source, span, None, local=True)
                    return
