"""The notice board and its settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import main
import settings

client = TestClient(main.app)
KEY = {"X-API-Key": "a key"}


@pytest.fixture
def open_for_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "settings", settings.Settings(title="Notes", api_key="a key", longest_note=10))


def test_health_without_any_setting() -> None:
    assert client.get("/health").json() == {"status": "ok", "title": "Notes", "writable": False}


def test_writing_is_closed_without_a_key() -> None:
    assert client.post("/notes", json={"text": "x"}).status_code == 503


@pytest.mark.usefixtures("open_for_writing")
def test_a_note_is_written_read_and_removed() -> None:
    made = client.post("/notes", json={"text": "hello"}, headers=KEY)
    assert made.status_code == 201
    assert made.json() in client.get("/notes").json()
    assert client.delete(f"/notes/{made.json()['id']}", headers=KEY).status_code == 204
    assert client.delete(f"/notes/{made.json()['id']}", headers=KEY).status_code == 404


@pytest.mark.usefixtures("open_for_writing")
def test_a_wrong_key_and_a_long_note_are_refused() -> None:
    assert client.post("/notes", json={"text": "x"}, headers={"X-API-Key": b"\xe4"}).status_code == 401
    assert client.post("/notes", json={"text": "x" * 11}, headers=KEY).status_code == 413


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text('TITLE="From file"\nAPI_KEY=k\nLONGEST_NOTE=5\n')
    monkeypatch.setenv("TITLE", "From environment")
    assert settings.load(tmp_path) == settings.Settings(title="From environment", api_key="k", longest_note=5)


def test_a_length_that_is_no_number_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGEST_NOTE", "many")
    with pytest.raises(ValueError, match="LONGEST_NOTE must be a number"):
        settings.load(tmp_path)
