"""Keeps the values of service variables out of everything that is shown, logged or kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

_SHORTEST = 4
_HARMLESS = re.compile(
    r"(?i)(true|false|none|null|yes|no|on|off|production|development|staging|test|debug|info|warning|error|utf-?8|"
    r"localhost|0\.0\.0\.0|127\.0\.0\.1|\d{1,5}|main|https?|python\d?)"
)
MASK = "••••"


class Masker:
    """Replaces each value, also in its URL-quoted and JSON forms. Longest first, so that no rest is left."""

    def __init__(self, env: Mapping[str, str], more: Iterable[str] = ()) -> None:
        values: set[str] = set(more)
        for value in env.values():
            for line in {value, *value.splitlines()}:
                stripped = line.strip()
                if len(stripped) >= _SHORTEST and not _HARMLESS.fullmatch(stripped):
                    values |= {stripped, quote(stripped, safe=""), json.dumps(stripped)[1:-1]}
        ordered = sorted(values, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text


def read_env_file(text: str) -> dict[str, str]:
    """`NAME=value` lines as dotenv files have them: comments, `export`, quotes. Raises ValueError with the line."""
    found: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        name = name.strip()
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name):
            raise ValueError(f"line {number} is not NAME=value")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] == "'":
            value = value[1:-1]
        elif len(value) >= 2 and value[0] == value[-1] == '"':
            value = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), value[1:-1])
        else:
            value = re.sub(r"\s+#.*$", "", value)
        found[name] = value
    return found
