"""The installers' facts: complete, with sources, and in agreement with each other."""

from __future__ import annotations

import pytest

from firstpush.facts import table, text
from firstpush.simulate.installers.base_systems import base_row, brings
from firstpush.simulate.installers.bundled import bundled
from firstpush.simulate.installers.options import commands, option_table
from firstpush.simulate.installers.versions import at_least, behaves, between, number

TABLES = ["installers", "installers_words", "installers_pip_options", "installers_uv_options", "markers"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_and_a_date(name: str) -> None:
    for kind, rows in table(name).items():
        for row in rows:
            assert row["source"], (kind, row)
            assert len(row["checked"]) == 10, (kind, row)


def test_every_marker_text_that_is_named_is_there() -> None:
    for row in [*table("markers")["base"], *table("markers")["vendor"]]:
        if row["marker"] not in ("", "yes"):
            assert "[externally-managed]" in text(row["marker"])


@pytest.mark.parametrize(
    ("os_id", "version", "marked"),
    [("debian", "11", False), ("debian", "12", True), ("ubuntu", "22.04", False), ("ubuntu", "24.04", True),
     ("alpine", "3.18", False), ("alpine", "3.19.1", True), ("fedora", "42", False), ("arch", "", True)],
)  # fmt: skip
def test_who_is_managed(os_id: str, version: str, marked: bool) -> None:
    row = base_row(os_id, version)
    assert row is not None
    assert bool(row["marker"]) == marked


def test_a_system_that_no_row_describes_is_not_guessed() -> None:
    assert base_row("plan9", "4") is None
    assert base_row("debian", "99") is None


def test_packages_bring_what_they_say() -> None:
    assert brings("apt-get", "python3-pip") == {"python", "pip"}
    assert brings("apt", "python3.12-venv") == {"python", "ensurepip"}
    assert brings("apk", "curl") is None


def test_version_numbers_compare() -> None:
    assert number("23.0.1+dfsg-1") == (23, 0, 1)
    assert at_least("23.0", "23")
    assert not at_least("22.3.1", "23.0")
    assert between("25.2", "23.0", "25.3")
    assert behaves("pip", "refuses-managed", "23.0")
    with pytest.raises(KeyError):
        behaves("pip", "nothing of the kind", "23.0")


def test_options_appear_with_their_version() -> None:
    assert "--break-system-packages" not in option_table("pip", "23.0", "install").by_name
    assert "--break-system-packages" in option_table("pip", "23.0.1", "install").by_name
    assert "inspect" in commands("pip", "22.2")
    assert "inspect" not in commands("pip", "22.1.2")
    assert "--target" not in option_table("uv", "0.1.24", "pip.install").by_name


def test_ensurepip_s_pip_is_that_of_the_nearest_release() -> None:
    assert bundled("cpython", "3.11.7").pip == "23.2.1"
    assert bundled("cpython", "3.12.1").setuptools is None
    assert bundled("debian", "3.11.2").pip == "23.0.1"
