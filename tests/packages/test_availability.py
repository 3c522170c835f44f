"""What the public index certainly lacks, held against its own listing (facts/distributions.toml)."""

from __future__ import annotations

import pytest

from firstpush.packages.availability import absence, clashes


@pytest.mark.parametrize(
    ("name", "specifier", "python"),
    [
        ("rdkit-pypi", "", "3.12.7"),
        ("rdkit-pypi", "==2022.9.5", "3.13"),
        ("tensorflow", "==2.12.0", "3.12"),
        ("tensorflow", "<2.16", "3.12"),
        ("tensorflow", "~=2.15.0", "3.13"),
        ("torch", "==2.0.1", "3.12"),
        ("pywin32", "==306", "3.12"),
        ("python-magic-bin", "", "3.11"),
        ("numpy", "==1.24.4", "3.12"),
        ("numpy", ">=1.21,<1.26", "3.13"),
        ("pywin32", "==306", "3.9"),
    ],
)
def test_nothing_fits(name: str, specifier: str, python: str) -> None:
    assert absence(name, specifier, python) is not None


@pytest.mark.parametrize(
    ("name", "specifier", "python"),
    [
        ("rdkit-pypi", "", "3.11.10"),
        ("rdkit-pypi", ">=2022", "3.9"),
        ("tensorflow", "", "3.12"),
        ("tensorflow", ">=2.12", "3.12"),
        ("tensorflow", "==2.16.1", "3.12"),
        ("torch", "==2.2.0", "3.12"),
        ("torch", "", "3.12"),
        ("numpy", "==1.2", "3.12"),  # older than the facts
        ("numpy", "==1.24.4", "3.11"),
        ("numpy", "==1.21.6", "3.11"),  # no wheel, but it can be built
        ("numpy", "==1.26.4", "3.13"),  # no wheel, but it can be built
        ("numpy", "<2", "3.12"),
        ("torch", "==2.1.0+cpu", "3.11"),  # another index's release
        ("tensorflow", "==99.0", "3.12"),  # newer than the facts
        ("tensorflow", ">=2.12", "3.19"),  # a Python newer than the facts
        ("tensorflow", "==2.12.0", "2.7"),
        ("tensorflow", "no specifier", "3.12"),
    ],
)
def test_something_may_fit(name: str, specifier: str, python: str) -> None:
    assert absence(name, specifier, python) is None


def test_the_way_out_is_named() -> None:
    found = absence("tensorflow", "==2.15.0", "3.12")
    assert found is not None
    assert found.pythons == (9, 10, 11)
    assert found.newest_for_python is not None
    assert tuple(int(part) for part in found.newest_for_python.split(".")[:2]) >= (2, 20)
    gone = absence("rdkit-pypi", "", "3.12")
    assert gone is not None
    assert "rdkit" in gone.ended
    assert gone.newest_for_python is None


def test_clashes_say_why() -> None:
    assert any(clash.name == "rdkit-pypi" and clash.beside == "numpy" for clash in clashes())
    assert all(clash.why and clash.source for clash in clashes())
