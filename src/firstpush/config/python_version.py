"""Which Python a project asks for, and where: .python-version, runtime.txt, Pipfile, .tool-versions.

In: the text of such a file; out: what is asked for, as written, or None. What a builder makes of it is its own affair.
"""

from __future__ import annotations

import re

# Source of both rules: railwayapp/nixpacks src/providers/python.rs and src/nixpacks/asdf.rs.
_PIPFILE = re.compile(r"(python_version|python_full_version) = ['|\"]([0-9|.]*)")
_MAJOR_MINOR = re.compile(r"[\sa-zA-Z\-\"']*(\d*)\.*(\d*)\.*\d*[\"']?")


def from_pipfile(text: str) -> str | None:
    """`python_version = "3.11"`; only with one space on each side of the sign, as Nixpacks reads it."""
    found = _PIPFILE.search(text)
    return found[2] if found else None


def tool_versions(text: str) -> dict[str, str]:
    """.tool-versions: tool → the rest of its line (the last line of a tool wins)."""
    versions: dict[str, str] = {}
    for line in text.split("\n"):
        words = line.strip().split(None, 1)
        if len(words) == 2 and not words[0].startswith("#"):
            versions[words[0]] = words[1]
    return versions


def major_minor(text: str) -> tuple[str, str] | None:
    """The two numbers of a request like `python-3.11.4`, `"3.11"` or `3`; each may be empty. None: not a version."""
    found = _MAJOR_MINOR.fullmatch(text.strip())
    return (found[1], found[2]) if found else None


def patch(text: str) -> str | None:
    """`3.11.4` in a request that names a patch version, else None."""
    found = re.search(r"\d+\.\d+\.\d+", text)
    return found[0] if found else None
