"""The same endpoints on a real PostgreSQL server; skipped where there is none to start.

RESUMATE_TEST_POSTGRES: a URL of an empty database to use.
"""

from __future__ import annotations

import os

import pytest
from fastapi.testclient import TestClient

import main

URL = os.environ.get("RESUMATE_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(not URL, reason="RESUMATE_TEST_POSTGRES is not set")


def test_upload_and_health_on_postgres(monkeypatch: pytest.MonkeyPatch, sample: bytes) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    main.storage.cache_clear()
    with TestClient(main.app) as client:
        assert main.storage().engine.dialect.name == "postgresql"
        assert client.get("/health").json()["database"] == "connected"
        body = client.post("/v1/resumes/upload", files={"file": ("ada.txt", sample, "text/plain")}).json()
        assert client.get(f"/v1/resumes/{body['id']}").json() == body
    main.storage.cache_clear()


def test_health_is_503_while_postgres_refuses_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    main.storage.cache_clear()
    with TestClient(main.app) as client:
        assert client.get("/health").status_code == 503
    main.storage.cache_clear()
