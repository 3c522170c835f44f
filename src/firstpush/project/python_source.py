"""One Python file: its syntax tree, places in it, its imports. In: a tree and a path; out: values with spans.

`ast` counts columns in bytes of UTF-8, so places need no search. A file that does not parse gives no tree and a
`SyntaxProblem`; nothing is imported or executed.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.syntax.source import Source

MAX_BYTES = 1_000_000
_GUARDS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a file imports. `module`: dotted name as written (`a.b`); `level`: dots of a relative import;
    `names`: what a `from … import` takes; `guarded`: the app can start without it (try/except ImportError, a condition,
    `if TYPE_CHECKING`, a function's body); `script_only`: only when the file is the started script."""

    module: str
    span: Span
    level: int = 0
    names: tuple[str, ...] = ()
    guarded: bool = False
    script_only: bool = False


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why the file is no Python (for the Python that runs firstpush)."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class PythonSource:
    """`module` None: see `problem`."""

    source: Source
    module: ast.Module | None
    problem: SyntaxProblem | None = None

    def span(self, node: ast.expr | ast.stmt | ast.alias) -> Span:
        """The bytes of a node."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(self.source.path, self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column))

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a 1-based line and a column in bytes."""
        starts = _line_starts(self.source)
        start = starts[min(line, len(starts)) - 1]
        if line == 1 and self.source.has_bom:
            start += 3
        return min(start + column, len(self.source.data))


@lru_cache(maxsize=512)
def _line_starts(source: Source) -> tuple[int, ...]:
    data = source.data
    starts = [0]
    at = data.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = data.find(b"\n", at + 1)
    return tuple(starts)


@lru_cache(maxsize=512)
def parse(source: Source) -> PythonSource:
    """The file's tree. Never raises for any bytes."""
    if len(source.data) > MAX_BYTES:
        return PythonSource(source, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return PythonSource(source, ast.parse(source.data))
        except SyntaxError as error:
            at = 0
            if error.lineno:
                starts = _line_starts(source)
                at = min(starts[min(error.lineno, len(starts)) - 1] + max((error.offset or 1) - 1, 0), len(source.data))
            return PythonSource(source, None, SyntaxProblem(error.msg or "invalid syntax", Span(source.path, at, at)))
        except (ValueError, RecursionError, MemoryError):
            return PythonSource(source, None, SyntaxProblem("it cannot be parsed", Span(source.path, 0, 0)))


@lru_cache(maxsize=512)
def imports(file: PythonSource) -> tuple[Import, ...]:
    """All imports of the file, in its order."""
    found: list[Import] = []
    if file.module is not None:
        _walk(file, file.module.body, False, False, found)
    return tuple(found)


def _walk(file: PythonSource, body: list[ast.stmt], guarded: bool, script: bool, found: list[Import]) -> None:
    for node in body:
        if isinstance(node, ast.Import):
            found += [Import(alias.name, file.span(alias), guarded=guarded, script_only=script) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            span = file.span(node)
            found.append(Import(node.module or "", span, node.level, names, guarded, script))
        elif isinstance(node, ast.Try):
            _walk(file, node.body, guarded or any(map(_catches_import, node.handlers)), script, found)
            for handler in node.handlers:
                _walk(file, handler.body, True, script, found)
            _walk(file, node.orelse, guarded or bool(node.handlers), script, found)
            _walk(file, node.finalbody, guarded, script, found)
        elif isinstance(node, ast.If):
            main = is_main_guard(node.test)
            _walk(file, node.body, guarded or not main, script or main, found)
            _walk(file, node.orelse, True, script, found)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _walk(file, node.body, True, script, found)
        elif isinstance(node, ast.ClassDef | ast.With | ast.AsyncWith):
            suppresses = isinstance(node, ast.With) and any("suppress" in ast.dump(item) for item in node.items)
            _walk(file, node.body, guarded or suppresses, script, found)
        elif isinstance(node, ast.For | ast.While | ast.AsyncFor):
            _walk(file, node.body, True, script, found)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                _walk(file, case.body, True, script, found)


def is_main_guard(test: ast.expr) -> bool:
    """`__name__ == "__main__"`."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and len(test.comparators) == 1
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(item, ast.Name) and item.id in _GUARDS for item in types)
