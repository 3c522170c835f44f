"""The cache stays below its limit and takes nothing away that is in use."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from firstpush.rehearsal.cache import Cache

MEGABYTE = 1024 * 1024


def fill(cache: Cache, name: str, age: float) -> Path:
    place = cache.layer("step", name, lambda folder: (folder / "data").write_bytes(os.urandom(MEGABYTE)) and None)
    os.utime(place, (time.time() - age, time.time() - age))
    return place


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIRSTPUSH_CACHE_GIB", str(3.5 / 1024))
    monkeypatch.setattr("firstpush.rehearsal.cache.replica_uid", lambda: None)
    return tmp_path / "cache"


def test_the_least_recently_used_layers_go(small: Path) -> None:
    cache = Cache(small)
    places = [fill(cache, f"layer{number}", age=600 - number) for number in range(6)]
    cache.prune()
    assert [place.is_dir() for place in places] == [False, False, False, True, True, True]
    assert len(list(cache.layers.glob("*.size"))) == 3


def test_what_this_rehearsal_used_stays(small: Path) -> None:
    old = Cache(small)
    places = [fill(old, f"layer{number}", age=600) for number in range(6)]
    del old
    cache = Cache(small)
    for number in range(6):
        assert cache.layer("step", f"layer{number}", lambda folder: None) == places[number]
    cache.prune()
    assert all(place.is_dir() for place in places)


def test_another_rehearsal_under_way_keeps_its_layers(small: Path) -> None:
    other = Cache(small)
    cache = Cache(small)
    young = [fill(cache, f"young{number}", age=600) for number in range(6)]
    old = fill(cache, "old", age=9000)
    cache.prune()
    assert all(place.is_dir() for place in young)
    assert not old.exists()
    del other
    cache.prune()
    assert sum(place.is_dir() for place in young) == 3


def test_a_layer_without_a_size_is_measured(small: Path) -> None:
    cache = Cache(small)
    places = [fill(cache, f"layer{number}", age=600 - number) for number in range(5)]
    for file in cache.layers.glob("*.size"):
        file.unlink()
    cache.prune()
    assert sum(place.is_dir() for place in places) == 3
