"""Curated facts as data: TOML files beside this module, every row with `source` and `checked`.

`table("base_images")` gives the parsed content of `base_images.toml`; it is read once. A test fails on a row without a
source. What was parsed is kept as Python keeps bytecode (in `__pycache__`, with the file's time and size, only where
bytecode may be written): parsing TOML took a tenth of `check`, reading it back takes a hundredth of that.
"""

from __future__ import annotations

import marshal
import os
import sys
from functools import cache
from typing import Any

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_FORMAT = 1


@cache
def table(name: str) -> dict[str, Any]:
    """The content of `<name>.toml`. Raises FileNotFoundError for a name that is none."""
    path = os.path.join(_FOLDER, f"{name}.toml")
    status = os.stat(path)
    stamp = (_FORMAT, status.st_mtime_ns, status.st_size)
    kept = os.path.join(_FOLDER, "__pycache__", f"{name.replace('/', '.')}.{sys.implementation.cache_tag}.facts")
    found = _kept(kept, stamp)
    if found is None:
        import tomllib

        with open(path, "rb") as file:
            found = tomllib.load(file)
        _keep(kept, stamp, found)
    return found


@cache
def text(name: str) -> str:
    """The content of a data file that is no table (a marker)."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _kept(path: str, stamp: tuple[int, ...]) -> dict[str, Any] | None:
    """What was parsed earlier of the very same file, or None."""
    try:
        with open(path, "rb") as file:
            old, found = marshal.loads(file.read())
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return found if old == stamp and isinstance(found, dict) else None


def _keep(path: str, stamp: tuple[int, ...], found: dict[str, Any]) -> None:
    """Keep it; where that cannot be (a read-only installation, a date in the table) it is parsed again next time."""
    if sys.dont_write_bytecode:
        return
    new = f"{path}.{os.getpid()}"
    try:
        data = marshal.dumps((stamp, found))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(new, "wb") as file:
            file.write(data)
        os.replace(new, path)
    except (OSError, ValueError):
        return
