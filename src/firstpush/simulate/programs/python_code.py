"""What a short program given with `python -c` does, where that can be read off. In: its text; out: an `Examined`.

Followed: imports, printing, attributes and calls of harmless parts of the standard library, `sys.exit(n)`, `assert`s
are not. Everything else makes the exit code unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from firstpush.model.value import dataclass

# Calls on these modules that neither fail nor end the program, for the arguments that scripts give them.
_HARMLESS_MODULES = frozenset(("sys", "os", "sysconfig", "platform", "site", "json", "pathlib", "string", "time"))
_HARMLESS_CALLS = frozenset(("print", "str", "repr", "len", "list", "sorted", "dict", "tuple", "bool", "type", "id"))
_FAILING = frozenset(("exit", "_exit", "abort", "execv", "remove", "unlink", "kill", "system", "popen", "chdir"))


@dataclass(frozen=True, slots=True)
class Examined:
    """`missing`: a module that cannot be imported; `exit_code` None: not known (`why`)."""

    missing: str | None = None
    exit_code: int | None = None
    why: str = ""


def examine(text: str, can_import: Callable[[str], bool | None]) -> Examined:
    """Follow the statements in order."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Examined(exit_code=1)
    names: dict[str, str] = {}  # local name → top-level module
    doubt = ""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for module in modules:
                truth = can_import(module)
                if truth is False and not doubt:
                    return Examined(missing=module.split(".")[0])
                if truth is not True:
                    doubt = doubt or f"whether `{module}` can be imported is not known"
            for alias in node.names:
                names[(alias.asname or alias.name).split(".")[0]] = modules[0].split(".")[0]
            continue
        if doubt:
            break
        code = _exit_code(node)
        if code is not None:
            return Examined(exit_code=code)
        if isinstance(node, ast.Expr | ast.Assign) and _harmless(node.value, names):
            continue
        if isinstance(node, ast.Pass):
            continue
        return Examined(why="what the program given with -c does is not known")
    return Examined(exit_code=None if doubt else 0, why=doubt)


def _exit_code(node: ast.stmt) -> int | None:
    """The constant of `sys.exit(n)`, `exit(n)`, `raise SystemExit(n)`."""
    call: ast.expr | None = None
    if isinstance(node, ast.Expr):
        call = node.value
    elif isinstance(node, ast.Raise):
        call = node.exc
    if not isinstance(call, ast.Call) or len(call.args) > 1 or call.keywords:
        return None
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name not in ("exit", "SystemExit", "quit"):
        return None
    if not call.args:
        return 0
    value = call.args[0]
    if isinstance(value, ast.Constant) and isinstance(value.value, int):
        return int(value.value) & 0xFF
    return 1 if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _harmless(node: ast.expr, names: dict[str, str]) -> bool:
    """An expression that cannot end the program."""
    if isinstance(node, ast.Constant | ast.Name):
        return True
    if isinstance(node, ast.Attribute):
        return _harmless(node.value, names) and node.attr not in _FAILING
    if isinstance(node, ast.Call):
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not all(_harmless(argument, names) for argument in arguments):
            return False
        if isinstance(node.func, ast.Name):
            return node.func.id in _HARMLESS_CALLS
        root = node.func
        while isinstance(root, ast.Attribute):
            if root.attr in _FAILING:
                return False
            root = root.value
        return isinstance(root, ast.Name) and names.get(root.id) in _HARMLESS_MODULES
    if isinstance(node, ast.JoinedStr):
        return all(
            isinstance(part, ast.Constant) or (isinstance(part, ast.FormattedValue) and _harmless(part.value, names))
            for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return _harmless(node.left, names) and _harmless(node.right, names)
    if isinstance(node, ast.Tuple | ast.List):
        return all(_harmless(item, names) for item in node.elts)
    return False
