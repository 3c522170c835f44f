"""Paths that an app serves, read from decorators and registrations. In: parsed files; out: `Route`s and whether all.

Handles FastAPI, Starlette, Flask and Quart: `@app.get`, `@router.post`, `@bp.route`, `include_router(prefix=…)`,
`register_blueprint(url_prefix=…)`, `add_api_route`, `add_url_rule`. What is computed makes the answer incomplete.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.project.binds import constants, dotted, literal
from firstpush.project.python_source import PythonSource

METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace")
ROUTERS = {"APIRouter": "prefix", "Blueprint": "url_prefix", "Router": "prefix"}
_REGISTER = {"include_router": "prefix", "register_blueprint": "url_prefix"}
_OPAQUE = {"mount", "add_route", "add_routes", "register_view", "add_resource", "register", "add_websocket_route"}


@dataclass(frozen=True, slots=True)
class Route:
    """A path that the app serves. `method`: upper case, or `*`; `path`: as registered, prefixes included where they are
    literal; `exact`: False when a prefix could not be read."""

    path: str
    method: str
    span: Span
    exact: bool = True


@dataclass(slots=True)
class _Found:
    """What one file says about routers: by name of the object."""

    routes: dict[str, list[Route]] = field(default_factory=dict)
    prefixes: dict[str, str | None] = field(default_factory=dict)
    registered: list[tuple[str, str, str | None]] = field(default_factory=list)  # (parent, child as written, prefix)
    opaque: bool = False


def routes(files: Mapping[str, PythonSource], entry: str, app: str) -> tuple[tuple[Route, ...], bool]:
    """Routes of the object `app` of the file `entry`; False: there may be more. `files`: path → file, all that the
    entry imports."""
    found = {path: _read(file) for path, file in files.items()}
    if entry not in found:
        return (), False
    own = found[entry]
    result = list(own.routes.get(app, ()))
    complete = not own.opaque
    for parent, child, prefix in own.registered:
        if parent != app:
            continue
        holder = _holder(found, entry, child, files)
        if holder is None:
            complete = False
            continue
        other, name = holder
        inner_prefix = other.prefixes.get(name, "")
        exact = prefix is not None and inner_prefix is not None
        complete = complete and exact and not other.opaque and not any(item[0] == name for item in other.registered)
        before = (prefix or "") + (inner_prefix or "")
        result += [Route(before + item.path, item.method, item.span, exact) for item in other.routes.get(name, ())]
    return tuple(result), complete


def _holder(
    found: Mapping[str, _Found], entry: str, child: str, files: Mapping[str, PythonSource]
) -> tuple[_Found, str] | None:
    """The file and name that `child` (`router`, `users.router`) stands for in the entry file."""
    head, _, tail = child.rpartition(".")
    if not head and child in found[entry].prefixes:
        return found[entry], child
    module = files[entry].module
    assert module is not None
    for node in ast.walk(module):
        if not isinstance(node, ast.ImportFrom | ast.Import):
            continue
        for alias in node.names:
            bound = alias.asname or alias.name
            origin = getattr(node, "module", None) or ""
            if not head and bound == child and isinstance(node, ast.ImportFrom):
                match = _file_of(found, origin, alias.name)
                if match is not None:
                    return match
            if head and bound == head:
                name = f"{origin}.{alias.name}" if origin else alias.name
                match = _file_of(found, name, tail)
                if match is not None:
                    return match
    return None


def _file_of(found: Mapping[str, _Found], module: str, name: str) -> tuple[_Found, str] | None:
    """The file of the closure whose path ends like the module, if it binds a router of this name."""
    ending = module.lstrip(".").replace(".", "/")
    candidates = [
        item
        for path, item in found.items()
        if (path.removesuffix("/__init__.py").removesuffix(".py") == ending or not ending)
        or path.removesuffix("/__init__.py").removesuffix(".py").endswith("/" + ending)
    ]
    holders = [item for item in candidates if name in item.prefixes]
    return (holders[0], name) if len(holders) == 1 else None


def _read(file: PythonSource) -> _Found:
    found = _Found()
    if file.module is None:
        found.opaque = True
        return found
    names = constants(file.module)
    for name, value in names.items():
        if isinstance(value, ast.Call):
            keyword = ROUTERS.get(dotted(value.func).rpartition(".")[2])
            if keyword is not None:
                found.prefixes[name] = _text(value, keyword, names)
    for node in ast.walk(file.module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                _decorator(file, decorator, names, found)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            _registration(file, node, names, found)
    return found


def _decorator(file: PythonSource, node: ast.expr, names: Mapping[str, ast.expr], found: _Found) -> None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return
    owner, attribute = dotted(node.func.value), node.func.attr
    if attribute not in METHODS and attribute not in ("route", "api_route"):
        return
    path = _path(node, names)
    if path is None:
        found.opaque = True
        return
    for method in _methods(node, attribute):
        found.routes.setdefault(owner, []).append(Route(path, method, file.span(node)))


def _registration(file: PythonSource, node: ast.Call, names: Mapping[str, ast.expr], found: _Found) -> None:
    assert isinstance(node.func, ast.Attribute)
    owner, attribute = dotted(node.func.value), node.func.attr
    if attribute in _REGISTER:
        child = dotted(node.args[0]) if node.args else ""
        prefix = _text(node, _REGISTER[attribute], names)
        if child:
            found.registered.append((owner, child, prefix))
        else:
            found.opaque = True
    elif attribute in ("add_api_route", "add_url_rule"):
        path = _path(node, names)
        if path is None:
            found.opaque = True
        else:
            methods = _methods(node, "route")
            found.routes.setdefault(owner, []).extend(Route(path, method, file.span(node)) for method in methods)
    elif attribute in _OPAQUE and owner and (attribute != "register" or "app" in owner):
        found.opaque = True


def _text(node: ast.Call, keyword: str, names: Mapping[str, ast.expr]) -> str | None:
    """A keyword's text: empty when it is not given, None when it is computed."""
    for item in node.keywords:
        if item.arg == keyword:
            value = literal(item.value, names)
            return value if isinstance(value, str) else None
        if item.arg is None:
            return None
    return ""


def _path(node: ast.Call, names: Mapping[str, ast.expr]) -> str | None:
    given = (
        node.args[0]
        if node.args
        else next((item.value for item in node.keywords if item.arg in ("path", "rule")), None)
    )
    value = literal(given, names)
    return value if isinstance(value, str) else None


def _methods(node: ast.Call, attribute: str) -> Iterator[str]:
    if attribute in METHODS:
        yield attribute.upper()
        return
    for item in node.keywords:
        if item.arg == "methods" and isinstance(item.value, ast.List | ast.Tuple):
            for element in item.value.elts:
                yield str(element.value).upper() if isinstance(element, ast.Constant) else "*"
            return
    yield "GET"
