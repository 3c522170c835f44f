"""What the app of a folder is. In: a `ProjectTree` and a root; out: an `App`. Nothing is imported or executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.project.binds import Bind, binds, constants, dotted
from firstpush.project.modules import closure, join, python_source
from firstpush.project.python_source import Import, PythonSource
from firstpush.project.routes import Route, routes
from firstpush.project.tree import ProjectTree

__all__ = ["App", "Bind", "Import", "Route", "describe", "describe_file"]

# Class that makes an app object → framework.
FRAMEWORKS: Mapping[str, str] = {
    "FastAPI": "fastapi",
    "Flask": "flask",
    "Starlette": "starlette",
    "Quart": "quart",
    "Sanic": "sanic",
    "Litestar": "litestar",
    "Bottle": "bottle",
    "Dash": "dash",
    "FastHTML": "fasthtml",
    "fast_app": "fasthtml",
    "get_wsgi_application": "django",
    "get_asgi_application": "django",
}
# Frameworks whose app object speaks ASGI; the others speak WSGI.
ASGI = frozenset({"fastapi", "starlette", "quart", "sanic", "litestar", "fasthtml"})
_FILES = ("main", "app", "application", "server", "api", "asgi", "wsgi", "run", "index", "bot", "start", "hello")
_FOLDERS = ("", "src", "app", "backend", "api", "server")
_FASTAPI_OWN = ("/docs", "/redoc", "/openapi.json")


@dataclass(frozen=True, slots=True)
class App:
    """The app. `entry`: path of the file with the app object; `module`: its dotted name as the start command must say
    it from `root`; `attribute`: the app object; `imports`: path → imports of every file that the entry executes;
    `complete_routes`: False when routes may exist that were not read; `outside`: imports of other people's modules."""

    root: str
    framework: str | None = None
    entry: str | None = None
    module: str | None = None
    attribute: str | None = None
    object_span: Span | None = None
    imports: Mapping[str, tuple[Import, ...]] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    complete_routes: bool = False
    binds: tuple[Bind, ...] = ()
    outside: tuple[tuple[str, Import], ...] = ()
    complete_imports: bool = False

    @property
    def asgi(self) -> bool:
        return self.framework in ASGI


def describe(tree: ProjectTree, root: str = ".") -> App:
    """The app in the folder `root` of the tree (`.`: the tree itself)."""
    folder = "" if root in ("", ".") else root.strip("/")
    for path in _candidates(tree, folder):
        app = describe_file(tree, path, folder)
        if app is not None and app.attribute is not None:
            return app
    for path in _candidates(tree, folder):  # no app object: a script
        app = describe_file(tree, path, folder)
        if app is not None:
            return app
    return App(root=folder or ".")


def describe_file(tree: ProjectTree, path: str, folder: str = "", attribute: str | None = None) -> App | None:
    """The app that the file holds (`attribute`: this object of it), or None when the file cannot be read. `folder`: the
    working directory, which is on `sys.path`."""
    file = python_source(tree, path)
    if file is None or file.module is None:
        return None
    found = _app_object(file, attribute)
    search = (folder, path.rpartition("/")[0])
    reach = closure(tree, tuple(dict.fromkeys(search)), path, script=True)
    inside = path[len(folder) + 1 :] if folder and path.startswith(folder + "/") else path
    module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    files = {name: parsed for name in reach.files if (parsed := python_source(tree, name)) is not None}
    names = frozenset({found[0]} if found else ())
    framework = found[1] if found else None
    served: tuple[Route, ...] = ()
    complete = False
    if found is not None:
        served, complete = routes(files, path, found[0])
        if framework == "fastapi":
            span = file.span(found[2])
            served += tuple(Route(own, "GET", span) for own in _FASTAPI_OWN)
        complete = complete and reach.complete and framework in ("fastapi", "flask", "starlette", "quart")
    return App(
        root=folder or ".",
        framework=framework,
        entry=path,
        module=module,
        attribute=found[0] if found else None,
        object_span=file.span(found[2]) if found else None,
        imports=reach.files,
        routes=served,
        complete_routes=complete,
        binds=tuple(bind for parsed in files.values() for bind in binds(parsed, names)),
        outside=reach.outside,
        complete_imports=reach.complete,
    )


def _candidates(tree: ProjectTree, folder: str) -> Iterator[str]:
    """Files that may hold the app, the likeliest first."""
    seen: set[str] = set()
    for below in _FOLDERS:
        for name in _FILES:
            path = join(folder, join(below, name + ".py"))
            if tree.exists(path):
                seen.add(path)
                yield path
    prefix = f"{folder}/" if folder else ""
    for path in tree.files:
        inner = path[len(prefix) :]
        name = inner.rpartition("/")[2]
        if path.startswith(prefix) and path not in seen and inner.count("/") <= 2 and name in ("wsgi.py", "asgi.py"):
            yield path


def _app_object(file: PythonSource, attribute: str | None) -> tuple[str, str, ast.expr] | None:
    """Name, framework and expression of the file's app object."""
    assert file.module is not None
    found: list[tuple[str, str, ast.expr]] = []
    names = constants(file.module)
    for name, value in names.items():
        if isinstance(value, ast.Call):
            framework = FRAMEWORKS.get(dotted(value.func).rpartition(".")[2])
            if framework is not None:
                found.append((name, framework, value))
    if attribute is not None:
        return next((item for item in found if item[0] == attribute), None)
    found.sort(key=lambda item: (item[0] not in ("app", "application", "api", "server"), item[2].lineno))
    return found[0] if found else None
