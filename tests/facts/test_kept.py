"""Facts that were parsed are kept beside the bytecode, and never believed when their file is another."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstpush import facts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(facts, "_FOLDER", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    facts.table.cache_clear()
    yield tmp_path
    facts.table.cache_clear()


def read(name: str) -> dict[str, object]:
    facts.table.cache_clear()
    return facts.table(name)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*.facts"))


def test_what_was_parsed_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "one.toml").write_text("a = [1, { b = 'é' }]\n", encoding="utf-8")
    assert read("one") == {"a": [1, {"b": "é"}]}
    assert len(kept(folder)) == 1
    monkeypatch.setitem(sys.modules, "tomllib", None)  # a second reading needs no parser
    assert read("one") == {"a": [1, {"b": "é"}]}


def test_a_changed_file_is_read_again(folder: Path) -> None:
    path = folder / "one.toml"
    path.write_text("a = 1\n")
    assert read("one") == {"a": 1}
    path.write_text("a = 2\n")
    os.utime(path, ns=(1, 1))
    assert read("one") == {"a": 2}


@pytest.mark.parametrize("rubbish", [b"", b"\0", b"N", b"(\x01\0\0\0N", b"\xff" * 50])
def test_rubbish_is_not_believed(rubbish: bytes, folder: Path) -> None:
    (folder / "one.toml").write_text("a = 1\n")
    read("one")
    kept(folder)[0].write_bytes(rubbish)
    assert read("one") == {"a": 1}


def test_a_date_is_parsed_each_time(folder: Path) -> None:
    (folder / "one.toml").write_text("a = 2026-11-20\n")
    assert str(read("one")["a"]) == "2026-11-20"
    assert kept(folder) == []


def test_where_bytecode_may_not_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (folder / "one.toml").write_text("a = 1\n")
    assert read("one") == {"a": 1}
    assert not (folder / "__pycache__").exists()


def test_a_name_that_is_none() -> None:
    with pytest.raises(FileNotFoundError):
        facts.table("no-such-table")
