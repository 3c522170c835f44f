"""The verbs stay callable on the package, also once a subpackage of the same name was imported."""

from __future__ import annotations

from importlib import import_module

import firstpush


def test_the_verbs_can_be_called_twice() -> None:
    for _ in range(2):
        found = firstpush.diagnose("/bin/bash: line 1: pip: command not found")
        assert found.causes[0].cause == "pip-command-not-found"


def test_subpackages_of_that_name_stay_packages() -> None:
    for name in ("simulate", "diagnose"):
        package = import_module(f"firstpush.{name}")
        assert callable(package)
        assert getattr(firstpush, name) is package
    assert import_module("firstpush.diagnose.log").clean("x ") == "x"
