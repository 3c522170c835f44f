"""What the app of a folder is. In: a `ProjectTree` and a root; out: an `App`. Nothing is imported or executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from firstpush.model.text import Span
from firstpush.project.tree import ProjectTree


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a file imports. `module`: dotted name as written (`a.b`); `level`: dots of a relative import;
    `names`: what a `from … import` takes; `guarded`: inside try/except ImportError, `if TYPE_CHECKING` or a function
    (the app can start without it)."""

    module: str
    span: Span
    level: int = 0
    names: tuple[str, ...] = ()
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A path that the app serves. `method`: upper case, or `*`; `path`: as registered, prefixes included when they
    are literal; `exact`: False when a prefix could not be read."""

    path: str
    method: str
    span: Span
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Bind:
    """A server started from code (`uvicorn.run(app, host=…, port=…)`). `port`: literal, or None when computed;
    `from_env`: the variable's name when the port comes from one."""

    span: Span
    host: str | None = None
    port: int | None = None
    from_env: str | None = None


@dataclass(frozen=True, slots=True)
class App:
    """The app. `module`: dotted name of the entry module as the start command must say it from `root`; `attribute`: the
    app object; `imports`: path → imports; `complete_routes`: False when routes may exist that were not read."""

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


def describe(tree: ProjectTree, root: str = ".") -> App:
    """The app in the folder `root` of the tree (`.`: the tree itself)."""
    return App(root=root)
