"""A fact without a source, or without the day it was checked, is no fact."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FACTS = Path(__file__).parents[2] / "src" / "firstpush" / "facts"
tables = sorted(FACTS.rglob("*.toml"))


def rows(value: Any, inherited: dict[str, Any], route: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row (a table in an array of tables, or a table that holds only plain values) with what it inherits."""
    if isinstance(value, dict):
        known = {**inherited, **{key: value[key] for key in ("source", "checked") if key in value}}
        below = [(key, child) for key, child in value.items() if isinstance(child, dict | list)]
        if not any(isinstance(child, dict) or (child and isinstance(child[0], dict)) for _, child in below):
            yield route, known
        for key, child in below:
            yield from rows(child, known, f"{route}.{key}")
    elif isinstance(value, list):
        for number, child in enumerate(value):
            if isinstance(child, dict):
                yield from rows(child, inherited, f"{route}[{number}]")


@pytest.mark.parametrize("path", tables, ids=lambda path: path.stem)
def test_every_row_has_a_source_and_a_date(path: Path) -> None:
    found = list(rows(tomllib.loads(path.read_text(encoding="utf-8")), {}, path.stem))
    assert found
    missing = [route for route, known in found if not known.get("source")]
    assert missing == []
    for route, known in found:
        day = known.get("checked")
        assert isinstance(day, str | datetime.date), f"{route} does not say when it was checked"
        assert datetime.date.fromisoformat(str(day)) <= datetime.date.today() + datetime.timedelta(days=1)


def test_there_are_facts() -> None:
    assert tables
