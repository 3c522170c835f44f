"""Which Python Vercel builds with. In: the manifest and the project tree; out: a `PythonChoice`.

`.python-version` (nearest, up to the manifest's folder) wins over `requires-python`; the default version is taken when
it satisfies; patch versions do not count.
"""

from __future__ import annotations

import re

from firstpush import facts
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.platforms.vercel.manifest import Manifest
from firstpush.project.tree import ProjectTree


@dataclass(frozen=True, slots=True)
class PythonChoice:
    """`version`: what is used (`3.12`); `wanted`: what the project asks for, where it stands and in which file;
    `state`: `default` (nothing asked), `taken`, `unavailable` (known, not on the image), `discontinued`, `invalid` (no
    Python at all), `unread` (not understood here)."""

    version: str
    state: str = "default"
    wanted: str | None = None
    span: Span | None = None
    path: str | None = None


def choose(tree: ProjectTree, manifest: Manifest, entry_folder: str) -> PythonChoice:
    """The Python of a build whose entry point lies in `entry_folder`."""
    for folder in _upwards(entry_folder):
        path = f"{folder}/.python-version" if folder else ".python-version"
        text = tree.text(path)
        if text is not None:
            line = next((line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"), None)
            if line is not None:
                start = len(text[: text.index(line)].encode())
                return _resolve(_as_specifiers(line), line, Span(path, start, start + len(line.encode())), path)
        if folder == manifest.folder.strip("."):
            break
    root = manifest.root_node
    node = root.get("project", "requires-python") if root is not None and manifest.kind == "pyproject" else None
    if node is not None and node.kind == "str":
        return _resolve(_parts(node.value), node.value, node.span, manifest.path)
    if manifest.kind in ("pipfile", "pipfile-lock"):
        # A converted manifest's version counts, but is raised to the default when it is below.
        wanted = _pipfile_version(tree, manifest)
        if wanted is not None:
            chosen = _resolve([("==", wanted)], wanted, None, manifest.path)
            default = facts.table("vercel")["versions"]["default"]
            return PythonChoice(default) if _minor(chosen.version) < _minor(default) else chosen
    return PythonChoice(facts.table("vercel")["versions"]["default"])


def _resolve(
    specifiers: list[tuple[str, str]] | None, wanted: str, span: Span | None, path: str | None
) -> PythonChoice:
    table = facts.table("vercel")["versions"]
    default: str = table["default"]
    available = [row["version"] for row in facts.table("vercel")["interpreter"]]
    ordered = [default, *sorted((v for v in available if v != default), key=_minor, reverse=True)]
    if specifiers is None:
        # Not a version that this module reads (PyPy, a pre-release): nothing is claimed.
        return PythonChoice(default, "unread", wanted, span, path)
    for version in ordered:
        if _satisfies(version, specifiers):
            return PythonChoice(version, "taken", wanted, span, path)
    known = next((version for version in table["known"] if _satisfies(version, specifiers)), None)
    if known is None:
        return PythonChoice(default, "invalid", wanted, span, path)
    state = "discontinued" if known in table["discontinued"] else "unavailable"
    return PythonChoice(default, state, wanted, span, path)


def _upwards(folder: str) -> list[str]:
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    return ["/".join(parts[:count]) for count in range(len(parts), -1, -1)]


def _as_specifiers(line: str) -> list[tuple[str, str]] | None:
    """A line of `.python-version` as specifiers; None: no version of CPython."""
    text = re.sub(r"^(?:cpython|cp)@?-?", "", line.lower())
    if text in ("", "any", "default"):
        return []
    bare = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\.\d+)?(?:[a-z]+\d+)?", text)
    if bare is not None:
        if bare[2] is None and len(bare[1]) > 1:  # cp312
            return [("==", f"{bare[1][0]}.{bare[1][1:]}")]
        return [("==", f"{bare[1]}.{bare[2]}" if bare[2] else bare[1])]
    return _parts(text)


def _parts(text: str) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(===|==|~=|!=|>=|<=|>|<)\s*(\d+(?:\.\d+)*)(\.\*)?\s*", part)
        if match is None:
            return None
        found.append((match[1], match[2]))
    return found


def _satisfies(version: str, specifiers: list[tuple[str, str]]) -> bool:
    """Whether `major.minor` satisfies all; patch parts are cut as Vercel cuts them."""
    have = _minor(version)
    for operator, text in specifiers:
        parts = [int(part) for part in text.split(".")]
        patch = parts[2] if len(parts) > 2 else None
        want = (parts[0], parts[1] if len(parts) > 1 else 0)
        if len(parts) == 1 and operator in ("==", "~="):
            ok = have[0] == parts[0]
        elif operator in ("==", "===", "~="):
            ok = have == want
        elif operator == "!=":
            ok = patch is not None or have != want
        elif operator == ">=":
            ok = have >= want
        elif operator == "<=":
            ok = have <= want
        elif operator == ">":
            ok = have >= want if patch else have > want
        else:
            ok = have <= want if patch else have < want
        if not ok:
            return False
    return True


def _minor(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _pipfile_version(tree: ProjectTree, manifest: Manifest) -> str | None:
    text = tree.text(manifest.path or "") or ""
    found = re.search(r'"?python_(?:full_)?version"?\s*[:=]\s*"(\d+\.\d+)', text)
    return found[1] if found is not None else None
