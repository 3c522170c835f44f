"""Virtual environments that git ignores: on this disk, but not in what a platform gets.

In: a folder of the disk that has a pyvenv.cfg, and the texts of the .gitignore files above it; out: whether git ignores
it. Only virtual environments are judged: a wrong guess about them costs least, and they are what is there and huge.
"""

from __future__ import annotations

import os


def is_ignored_venv(directory: str, path: str, ignores: list[tuple[str, str]]) -> bool:
    """`path`: of the folder, relative to the project; `ignores`: (folder of the .gitignore relative to the project, its
    text). Also true for an environment that ignores itself, as venv (3.13), virtualenv and uv make them."""
    if not os.path.isfile(os.path.join(directory, "pyvenv.cfg")):
        return False
    own = _text(os.path.join(directory, ".gitignore"))
    if own is not None and "*" in own.split():
        return True
    ignored = False
    for folder, text in ignores:
        if folder and not path.startswith(folder + "/"):
            continue
        inner = path[len(folder) + 1 :] if folder else path
        for line in text.splitlines():
            pattern = line.strip()
            if not pattern or pattern.startswith("#"):
                continue
            negated = pattern.startswith("!")
            if _matches(pattern.lstrip("!"), inner):
                ignored = not negated
    return ignored


def _matches(pattern: str, path: str) -> bool:
    bare = pattern.rstrip("/").removeprefix("**/")
    if bare.endswith("/*"):
        bare = bare[:-2]
    from fnmatch import fnmatchcase

    if "/" in bare.strip("/") or bare.startswith("/"):
        return fnmatchcase(path, bare.lstrip("/"))
    return fnmatchcase(path.rpartition("/")[2], bare)


def gitignore(directory: str) -> str | None:
    """The text of the folder's .gitignore, or None."""
    return _text(os.path.join(directory, ".gitignore"))


def _text(file: str) -> str | None:
    try:
        with open(file, encoding="utf-8", errors="replace") as handle:
            return handle.read(100_000)
    except OSError:
        return None
