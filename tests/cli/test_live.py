"""The line that says how far a command is."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest

from firstpush.cli import live
from firstpush.cli.live import Live


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.delenv("TERM", raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    made = Screen()
    monkeypatch.setattr(live, "sys", SimpleNamespace(stderr=made))
    return made


def test_what_is_done_at_once_shows_nothing(screen: Screen) -> None:
    with Live("planning") as line:
        line("1 of 2 deployments")
    assert screen.getvalue() == ""


def test_it_is_shown_after_a_while_and_erased(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AFTER", 0.02)
    monkeypatch.setattr(live, "EVERY", 0.01)
    with Live("planning") as line:
        time.sleep(0.1)  # one long step: nobody calls
        line("12 of 300 deployments")
    said = screen.getvalue()
    assert "planning" in said
    assert "12 of 300 deployments" in said
    assert said.endswith("\r\x1b[K")
    assert "\n" not in said


def test_an_error_erases_it_too(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AFTER", 0.01)

    def fails() -> None:
        with Live("planning"):
            time.sleep(0.1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert screen.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize("why", ["pipe", "quiet", "dumb"])
def test_it_is_for_terminals(why: str, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AFTER", 0.0)
    monkeypatch.setattr(live, "EVERY", 0.0)
    if why == "pipe":
        monkeypatch.setattr(screen, "isatty", lambda: False)
    if why == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    with Live("planning", quiet=why == "quiet") as line:
        line("1 of 2")
    assert screen.getvalue() == ""
