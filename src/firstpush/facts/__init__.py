"""Curated facts as data: TOML files beside this module, every row with `source` and `checked`.

`table("base_images")` gives the parsed content of `base_images.toml`; it is read once. A test fails on a row without a
source.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The content of `<name>.toml`. Raises FileNotFoundError for a name that is none."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def text(name: str) -> str:
    """The content of a data file that is no table (a marker)."""
    return (files(__name__) / name).read_text(encoding="utf-8")
