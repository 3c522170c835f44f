"""Servers that code starts by itself (`uvicorn.run(app, port=8000)`). In: a parsed file; out: `Bind`s.

Also small readings of expressions that others use: literals, names bound once at module level, `os.environ`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache

from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.project.python_source import PythonSource

_RUNNERS = {"uvicorn.run", "hypercorn.run", "waitress.serve", "serve", "web.run_app", "granian.Granian"}
_RUN_METHODS = {"run", "run_server", "launch"}
# A file without any of these letters starts nothing; most files of a big project have none.
_WORDS = (b"run", b"serve", b"launch", b"Granian")


@dataclass(frozen=True, slots=True)
class Bind:
    """A server started from code. `host`: literal, or None when it is not given or computed; `port`: literal, or None;
    `from_env`: the variable's name when the port comes from one; `default_port`: used when that variable is not set;
    `default_host`: whether the host is left to the server (127.0.0.1 for Flask and uvicorn)."""

    span: Span
    host: str | None = None
    port: int | None = None
    from_env: str | None = None
    default_port: int | None = None
    default_host: bool = True
    host_span: Span | None = None
    port_span: Span | None = None


def dotted(node: ast.expr) -> str:
    """`a.b.c` of such an expression, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


@lru_cache(maxsize=256)
def constants(module: ast.Module) -> Mapping[str, ast.expr]:
    """Names that the module binds exactly once, at its top level (or in its main guard). Kept for the next who asks."""
    bound: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for node in ast.walk(module):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.AugAssign | ast.For):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name):
                if target.id in bound or value is None:
                    twice.add(target.id)
                else:
                    bound[target.id] = value
    return {name: value for name, value in bound.items() if name not in twice}


def literal(node: ast.expr | None, names: Mapping[str, ast.expr]) -> object | None:
    """A constant, also through one name."""
    if isinstance(node, ast.Name):
        node = names.get(node.id)
    return node.value if isinstance(node, ast.Constant) else None


def environment(node: ast.expr | None, names: Mapping[str, ast.expr]) -> tuple[str, object | None] | None:
    """(`PORT`, default) of `int(os.environ.get("PORT", 8000))`, `os.getenv(…)`, `os.environ["PORT"]`; None: other."""
    if isinstance(node, ast.Name):
        node = names.get(node.id)
    if isinstance(node, ast.BoolOp) and node.values:
        found = environment(node.values[0], names)
        return (found[0], literal(node.values[-1], names)) if found else None
    if isinstance(node, ast.Subscript) and dotted(node.value) in ("os.environ", "environ"):
        name = literal(node.slice, names)
        return (name, None) if isinstance(name, str) else None
    if not isinstance(node, ast.Call):
        return None
    called = dotted(node.func)
    if called in ("int", "str", "float") and node.args:
        return environment(node.args[0], names)
    if called in ("os.environ.get", "os.getenv", "environ.get", "getenv", "config", "env", "env.int", "env.str"):
        name = literal(node.args[0], names) if node.args else None
        default = literal(node.args[1], names) if len(node.args) > 1 else None
        for keyword in node.keywords:
            if keyword.arg == "default":
                default = literal(keyword.value, names)
        return (name, default) if isinstance(name, str) else None
    return None


def binds(file: PythonSource, app_names: frozenset[str]) -> tuple[Bind, ...]:
    """Servers that the file starts. `app_names`: names of app objects (for `app.run()`)."""
    if file.module is None or not any(word in file.source.data for word in _WORDS):
        return ()
    names = constants(file.module)
    found: list[Bind] = []
    for node in ast.walk(file.module):
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func)
        method = called.rpartition(".")
        if called in _RUNNERS or (method[0] in app_names and method[2] in _RUN_METHODS):
            found.append(_bind(file, node, names))
    return tuple(found)


def _bind(file: PythonSource, call: ast.Call, names: Mapping[str, ast.expr]) -> Bind:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    host_node, port_node = given.get("host"), given.get("port")
    host, port = literal(host_node, names), literal(port_node, names)
    variable = environment(port_node, names)
    default = variable[1] if variable else None
    if isinstance(default, str) and default.isdigit():
        default = int(default)
    return Bind(
        span=file.span(call),
        host=host if isinstance(host, str) else None,
        port=port if isinstance(port, int) and not isinstance(port, bool) else None,
        from_env=variable[0] if variable else None,
        default_port=default if isinstance(default, int) else None,
        default_host=host_node is None,
        host_span=file.span(host_node) if host_node is not None else None,
        port_span=file.span(port_node) if port_node is not None else None,
    )
