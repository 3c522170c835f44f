"""Which Python Nixpacks takes, and what it silently makes of a request it cannot meet.

In: a `View`; out: the nix package and its archive, with the traps as problems in `view.problems`. Source:
railwayapp/nixpacks src/providers/python.rs, `get_nix_python_package`.
"""

from __future__ import annotations

from firstpush.config import python_version as asked
from firstpush.config.nixpacks_layer import Piece
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.origin import EnvOrigin, FileOrigin
from firstpush.model.text import Span
from firstpush.platforms.nixpacks.view import View

_FIRST_FILE = ".python-version"


def choose(view: View) -> tuple[Piece, Piece]:
    """The package and the archive that it comes from."""
    facts = table("nixpacks")["python"]
    wanted, source = _request(view)
    default = view.default(facts["default_package"], "no other Python is asked for")
    archive = view.default(facts["archive"], "Nixpacks' archive for Python")
    if wanted is None:
        _ignored_variable(view)
        return default, archive
    numbers = asked.major_minor(wanted)
    row = facts["versions"].get(".".join(numbers)) if numbers else None
    if numbers == ("2", ""):
        row = facts["versions"]["2.7"]
    if row is None:
        _not_honoured(view, wanted, source)
        return default, archive
    package, which = row
    _patch(view, wanted, source, package, facts[which])
    why = f"`{wanted.strip()}` in {source}"
    return view.default(package, why), view.default(facts[which], f"Nixpacks' archive for {package}")


def _request(view: View) -> tuple[str | None, str]:
    """What is asked for and by whom. The variable keeps only .python-version from being read: the other files win."""
    wanted = view.config("PYTHON_VERSION")
    source = "NIXPACKS_PYTHON_VERSION"
    if wanted is None and view.has(_FIRST_FILE):
        return view.read(_FIRST_FILE), _FIRST_FILE
    for name in ("runtime.txt", "Pipfile", ".tool-versions"):
        if not view.has(name):
            continue
        text = view.read(name)
        overridden = wanted
        if name == "runtime.txt":
            wanted = text
        elif name == "Pipfile":
            wanted = asked.from_pipfile(text)
        else:
            wanted = _from_tool_versions(view, text)
        if overridden is not None:
            _variable_loses(view, overridden, name, wanted)
        return wanted, name
    return wanted, source


def _from_tool_versions(view: View, text: str) -> str | None:
    found = asked.tool_versions(text).get("python")
    if found is None:
        return None
    parts = found.split(".")
    if len(parts) < 2:
        raise view.stop(
            "nixpacks-tool-versions",
            Cause.PYTHON_VERSION_INVALID,
            f"Nixpacks crashes on `python {found}` in .tool-versions: it needs at least two numbers",
            _place(view, ".tool-versions", found),
            "thread 'main' panicked: index out of bounds: the len is 1 but the index is 1",
            "write `python 3.12`",
        )
    return f"{parts[0]}.{parts[1]}"


def _variable_loses(view: View, value: str, file: str, wanted: str | None) -> None:
    if wanted is not None and asked.major_minor(wanted) == asked.major_minor(value):
        return
    what = f"`{wanted.strip()}`" if wanted else "the default"
    view.warn(
        "nixpacks-version-variable-loses",
        Cause.PYTHON_VERSION_NOT_HONOURED,
        f"NIXPACKS_PYTHON_VERSION={value} has no effect, because {file} exists: Nixpacks takes {what}",
        view.label(file),
        f"say the version in {file} only",
    )


def _not_honoured(view: View, wanted: str, source: str) -> None:
    known = ", ".join(table("nixpacks")["python"]["versions"])
    shown = " ".join(wanted.split()) or "nothing"
    view.warn(
        "nixpacks-python-version-not-honoured",
        Cause.PYTHON_VERSION_NOT_HONOURED,
        f"Nixpacks has no Python `{shown}` (asked for by {source}) and silently takes its default, Python 3.12",
        _place(view, source, wanted),
        f"ask for one of {known}",
    )


def _patch(view: View, wanted: str, source: str, package: str, archive: str) -> None:
    patch = asked.patch(wanted)
    given = table("nixpkgs")["archives"][archive]["pythons"].get(package)
    if patch is None or patch == given:
        return
    view.warn(
        "nixpacks-python-patch-not-honoured",
        Cause.PYTHON_VERSION_NOT_HONOURED,
        f"Nixpacks takes Python {given or 'of its nixpkgs archive'}, whatever patch version is asked for ({patch})",
        _place(view, source, wanted),
        severity=Severity.INFO,
    )


def _ignored_variable(view: View) -> None:
    found = view.env.get("PYTHON_VERSION")
    if found is None:
        return
    span = found.origin.span if isinstance(found.origin, FileOrigin) else None
    view.warn(
        "nixpacks-python-version-variable-ignored",
        Cause.PYTHON_VERSION_NOT_HONOURED,
        f"Nixpacks does not read PYTHON_VERSION={found}; it takes its default, Python 3.12",
        Label(span, "ignored") if span else view.label("", "a service variable"),
        "call the variable NIXPACKS_PYTHON_VERSION",
    )


def _place(view: View, source: str, wanted: str) -> Label:
    """The request where it stands: the file's text, or the variable's place."""
    if source.startswith("NIXPACKS_"):
        found = view.env[source]
        if isinstance(found.origin, FileOrigin):
            return Label(found.origin.span, "asked for here")
        assert isinstance(found.origin, EnvOrigin)
        return view.label("", f"variable {source}")
    document = view.tree.source(view.path(source))
    if document is None:
        return view.label(source)
    stripped = document.data.strip()
    if source in (_FIRST_FILE, "runtime.txt") and stripped:
        start = document.data.index(stripped[:1])
        return Label(Span(document.path, start, start + len(stripped)), "asked for here")
    at = document.data.find(b"python")
    end = document.data.find(b"\n", at)
    return Label(Span(document.path, max(at, 0), end if end >= 0 else len(document.data)), "asked for here")
