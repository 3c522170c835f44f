"""Which file and which object Vercel takes for the app. In: the project tree and a root; out: an `EntryResult`.

Detection reads top-level statements only, as Vercel's does; nothing is imported or executed.
"""

from __future__ import annotations

import ast
import re

from firstpush import facts
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.project.tree import ProjectTree
from firstpush.syntax import toml
from firstpush.syntax.document import Node


@dataclass(frozen=True, slots=True)
class Entry:
    """The chosen file (relative to the root), the object in it, and where it stands."""

    file: str
    variable: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class EntryResult:
    """`entry`, or why there is none: Vercel's error code and words, and the place to point at. `unknown`: a candidate
    could not be read by this Python, so that nothing can be said."""

    entry: Entry | None = None
    code: str = ""
    message: str = ""
    span: Span | None = None
    elsewhere: tuple[Entry, ...] = ()
    without: tuple[str, ...] = ()
    django_base: str | None = None
    unknown: str | None = None


def find_object(tree: ProjectTree, path: str) -> tuple[str | None, Span | None, bool]:
    """Name and place of the first application object at the top level of a file; True last when it cannot be known
    (syntax newer than the Python that runs firstpush)."""
    text = tree.text(path)
    if text is None:
        return None, None, False
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        # Vercel's parser knows newer syntax than an older Python here may: a likely-looking line is no proof.
        maybe = re.search(r"^(?:async def|def|class)?\s*(?:app|application|[Hh]andler)\b", text, re.MULTILINE)
        newer = re.search(r"^\s*(?:type \w+ =|except\* |def \w+\[|class \w+\[)|\bf[\"']|\bt[\"']", text, re.MULTILINE)
        return None, None, bool(maybe and newer)
    for statement in module.body:
        name = _object_of(statement)
        if name is not None:
            return name, _span(path, text, statement), False
    return None, None, False


def _object_of(statement: ast.stmt) -> str | None:
    names = facts.table("vercel")["entrypoints"]["objects"]
    if isinstance(statement, ast.Assign):
        return next((t.id for t in statement.targets if isinstance(t, ast.Name) and t.id in names), None)
    if isinstance(statement, ast.AnnAssign):
        target = statement.target
        return target.id if isinstance(target, ast.Name) and target.id in names else None
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return statement.name if statement.name in names else None
    if isinstance(statement, ast.ImportFrom):
        return next((a.asname or a.name for a in statement.names if (a.asname or a.name) in names), None)
    if isinstance(statement, ast.ClassDef) and statement.name.lower() == "handler":
        return statement.name
    return None


def _span(path: str, text: str, statement: ast.stmt) -> Span:
    lines = text.splitlines(keepends=True)
    start = sum(len(line.encode()) for line in lines[: statement.lineno - 1]) + statement.col_offset
    end = start + len(lines[statement.lineno - 1].rstrip("\r\n").encode()) - statement.col_offset
    return Span(path, start, max(start, end))


def configured(tree: ProjectTree, root: str, file: str) -> EntryResult:
    """The entry of a build that names its file (`builds`, `api/**`)."""
    name = file if file.endswith(".py") else f"{file}.py"
    path = _join(root, name)
    if not tree.exists(path):
        message = f'Configured Python entrypoint "{name}" was not found.'
        return EntryResult(code="PYTHON_ENTRYPOINT_NOT_FOUND", message=message)
    variable, span, unclear = find_object(tree, path)
    if variable is not None:
        return EntryResult(Entry(name, variable, span))
    if unclear:
        return EntryResult(unknown=f"{path} has syntax that this Python cannot read")
    message = f'Could not find a top-level "app", "application", or "handler" in "{name}".'
    return EntryResult(code="PYTHON_ENTRYPOINT_NOT_FOUND", message=message, span=Span(path, 0, 0), without=(name,))


def detect(tree: ProjectTree, root: str, framework: str, *, fatal_setting: bool = True) -> EntryResult:
    """The entry that a preset's build finds by itself. `fatal_setting`: whether a `tool.vercel.entrypoint` that cannot
    be resolved stops the build (since @vercel/python 6.49)."""
    pyproject = _pyproject(tree, root)
    setting = pyproject.get("tool", "vercel", "entrypoint") if pyproject is not None else None
    if setting is not None:
        found = _declared(tree, root, setting)
        if found.entry is not None or fatal_setting:
            return found
    if framework == "django":
        for base in ("", *_subfolders(tree, root)):
            text = tree.text(_join(root, _join(base, "manage.py")))
            if text is not None and "DJANGO_SETTINGS_MODULE" in text:
                from firstpush.platforms.vercel.django import read_settings

                return read_settings(tree, root, base, text)
        folders = ("", *_subfolders(tree, root))
    else:
        folders = tuple(facts.table("vercel")["entrypoints"]["folders"])
    names = facts.table("vercel")["entrypoints"]["names"]
    without: list[str] = []
    unclear: str | None = None
    for folder in folders:
        for stem in names:
            file = _join(folder, f"{stem}.py")
            path = _join(root, file)
            if not tree.exists(path):
                continue
            variable, span, unreadable = find_object(tree, path)
            if variable is not None:
                return EntryResult(Entry(file, variable, span), without=tuple(without), unknown=unclear)
            if unreadable:
                unclear = unclear or f"{path} has syntax that this Python cannot read"
            without.append(file)
    script = pyproject.get("project", "scripts", "app") if pyproject is not None else None
    if script is not None and script.kind == "str":
        named = _module_attribute(tree, root, script.value)
        if named is not None:
            return EntryResult(named)
    return _not_found(tree, root, framework, tuple(without), unclear)


def _declared(tree: ProjectTree, root: str, setting: Node) -> EntryResult:
    """`[tool.vercel] entrypoint`."""
    if setting.kind != "str":
        message = (
            '"tool.vercel.entrypoint" in "pyproject.toml" must be a string in "module:object" format (e.g. "main:app").'
        )
        return EntryResult(code="PYTHON_INVALID_ENTRYPOINT", message=message, span=setting.span)
    entry = _module_attribute(tree, root, setting.value)
    if entry is not None:
        return EntryResult(entry)
    message = (
        f'"tool.vercel.entrypoint" in "pyproject.toml" is "{setting.value}" but no matching module file was found. '
        'Use "module:object" format (e.g. "main:app") and ensure the module file exists, or remove the setting to use '
        "automatic entrypoint detection."
    )
    return EntryResult(code="PYTHON_ENTRYPOINT_NOT_FOUND", message=message, span=setting.span)


def _module_attribute(tree: ProjectTree, root: str, value: str) -> Entry | None:
    found = re.search(r"([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_]\w*)", value)
    if found is None:
        return None
    base = found[1].replace(".", "/")
    for file in (f"{base}.py", f"{base}/__init__.py"):
        if tree.exists(_join(root, file)):
            return Entry(file, found[2])
    return None


def _not_found(
    tree: ProjectTree, root: str, framework: str, without: tuple[str, ...], unclear: str | None
) -> EntryResult:
    """Vercel's three ways to say that there is no entry point."""
    if unclear is not None:
        return EntryResult(unknown=unclear, without=without)
    elsewhere: list[Entry] = []
    prefix = _join(root, "")
    for path in tree.below(root, ".py"):
        inner = path[len(prefix) :]
        if any(part.startswith(".") or part in ("node_modules", "__pycache__") for part in inner.split("/")):
            continue
        variable, span, _ = find_object(tree, path)
        if variable is not None:
            elsewhere.append(Entry(inner, variable, span))
    names = {"fastapi": "FastAPI", "flask": "Flask", "django": "Django", "fasthtml": "FastHTML"}
    shown = names.get(framework, framework)
    code = f"{framework.upper()}_ENTRYPOINT_NOT_FOUND"
    suggestion = ""
    if elsewhere:
        first = elsewhere[0]
        module = re.sub(r"/__init__$", "", first.file.removesuffix(".py")).replace("/", ".")
        lines = "\n".join(f"  {entry.file} (variable: {entry.variable})" for entry in elsewhere)
        suggestion = (
            f"but found potential entrypoints:\n{lines}\n\nAdd this to your pyproject.toml:\n\n[tool.vercel]\n"
            f'entrypoint = "{module}:{first.variable}"'
        )
    if without:
        message = _without_message(framework, shown, without) + (f"\n\n{suggestion}" if suggestion else "")
        return EntryResult(
            code=code,
            message=message,
            span=Span(_join(root, without[0]), 0, 0),
            elsewhere=tuple(elsewhere),
            without=without,
        )
    if suggestion:
        message = f"No {shown} entrypoint found in default locations, {suggestion}"
    else:
        table = facts.table("vercel")["entrypoints"]
        searched = ", ".join(_join(folder, f"{name}.py") for folder in table["folders"] for name in table["names"])
        message = (
            f'No {shown} entrypoint found. Set "tool.vercel.entrypoint" in pyproject.toml or define an entrypoint in '
            f"one of: {searched}."
        )
    return EntryResult(code=code, message=message, elsewhere=tuple(elsewhere))


def _without_message(framework: str, shown: str, files: tuple[str, ...]) -> str:
    one = len(files) == 1
    found = "Found " + ", ".join(files[:3])
    objects = {
        "fastapi": '"app" FastAPI instance',
        "flask": '"app" Flask instance',
        "django": '"application" ASGI or WSGI instance',
        "fasthtml": f'"app" {shown} instance',
    }
    if framework in objects:
        return f"{found} but {'it does not define' if one else 'none define'} a top-level {objects[framework]}."
    verb = "it does not export" if one else "none export"
    return f'{found} but {verb} a top-level "app", "application", or "handler" variable.'


def _subfolders(tree: ProjectTree, root: str) -> list[str]:
    prefix = _join(root, "")
    inner = (folder[len(prefix) :] for folder in tree.folders if folder.startswith(prefix))
    return sorted(name for name in inner if name and "/" not in name and not name.startswith("."))


def _pyproject(tree: ProjectTree, root: str) -> Node | None:
    source = tree.source(_join(root, "pyproject.toml"))
    return toml.parse(source).root if source is not None else None


def _join(folder: str, name: str) -> str:
    """`folder/name`, where `` and `.` are no folder."""
    return name if folder in ("", ".") else f"{folder.rstrip('/')}/{name}"
