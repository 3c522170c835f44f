"""The shortener's endpoints."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

import main

client = TestClient(main.app, follow_redirects=False)


def test_health() -> None:
    assert client.get("/health").json()["status"] == "ok"


def test_a_link_leads_where_it_was_made_for_and_is_counted() -> None:
    made = client.post("/links", json={"url": "https://example.org/a?b=c"})
    assert made.status_code == 201
    code = made.json()["code"]
    answer = client.get(f"/{code}")
    assert (answer.status_code, answer.headers["location"]) == (307, "https://example.org/a?b=c")
    assert client.get(f"/links/{code}").json()["followed"] == 1


@pytest.mark.parametrize("url", ["", "example.org", "javascript:alert(1)", "ftp://example.org/x"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert client.post("/links", json={"url": url}).status_code == 422


def test_an_unknown_code_is_404() -> None:
    assert client.get("/nothing").status_code == 404
    assert client.get("/links/nothing").status_code == 404


def test_a_full_store_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "MOST", 0)
    assert client.post("/links", json={"url": "https://example.org"}).status_code == 507
