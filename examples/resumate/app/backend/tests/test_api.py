"""The endpoints on a real SQLite file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import main
from resumate.storage import database_url

HEALTHY = {"status": "healthy", "database": "connected", "version": "1.0.0", "environment": "production"}


def test_health_is_exactly_what_the_document_says(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, HEALTHY)


def test_health_is_503_when_the_database_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'x.db'}")
    main.storage.cache_clear()
    with TestClient(main.app) as client:
        answer = client.get("/health")
        assert answer.status_code == 503
        assert answer.json() == {**HEALTHY, "status": "unhealthy", "database": "disconnected"}
        assert client.get("/v1/resumes").status_code == 503
    main.storage.cache_clear()


def test_health_recovers_when_the_database_comes_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "later"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'x.db'}")
    main.storage.cache_clear()
    assert client.get("/health").status_code == 503
    folder.mkdir()
    assert client.get("/health").status_code == 200


def test_a_text_file_is_parsed_and_kept(client: TestClient, sample: bytes) -> None:
    answer = client.post("/v1/resumes/upload", files={"file": ("ada.txt", sample, "text/plain")})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["name"], body["filename"]) == ("Ada Lovelace", "ada.txt")
    assert client.get(f"/v1/resumes/{body['id']}").json() == body
    assert [row["id"] for row in client.get("/v1/resumes").json()] == [body["id"]]


def test_a_pdf_gives_what_the_same_text_gives(client: TestClient, sample: bytes, pdf: Callable[[str], bytes]) -> None:
    files = {"file": ("ada.pdf", pdf(sample.decode()), "application/pdf")}
    from_pdf = client.post("/v1/resumes/upload", files=files).json()
    from_text = client.post("/v1/resumes/upload", files={"file": ("ada.txt", sample, "text/plain")}).json()
    for key in ("name", "emails", "phones", "skills"):
        assert from_pdf[key] == from_text[key], key
    assert from_pdf["sections"].keys() == from_text["sections"].keys()


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("x.pdf", b"hello", 422, "not a PDF"),
        ("x.pdf", b"%PDF-1.4\ngarbage", 422, "damaged"),
        ("x.txt", b"", 422, "empty"),
        ("x.docx", b"PK\x03\x04\x00\x00", 415, "only PDF and plain text"),
        ("x.txt", b"a" * 4_000_001, 413, "larger"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(
    client: TestClient, name: str, content: bytes, status: int, words: str
) -> None:
    answer = client.post("/v1/resumes/upload", files={"file": (name, content)})
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert client.get("/v1/resumes").json() == []


def test_a_pdf_without_text_is_refused(client: TestClient, pdf: Callable[[str], bytes]) -> None:
    answer = client.post("/v1/resumes/upload", files={"file": ("scan.pdf", pdf(""))})
    assert answer.status_code == 422
    assert "no text" in answer.json()["detail"]


def test_an_unknown_id_is_404(client: TestClient) -> None:
    assert client.get("/v1/resumes/nothing").status_code == 404


def test_the_database_that_each_environment_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_url({}).database == os.path.join(os.getcwd(), "resumate.db")
    assert not (database_url({"VERCEL": "1"}).database or "").startswith(os.getcwd())
    heroku = database_url({"DATABASE_URL": "postgres://me:secret@db.example:5433/resumes?sslmode=require"})
    assert heroku.drivername == "postgresql+psycopg"
    assert (heroku.host, heroku.port, heroku.database, heroku.query["sslmode"]) == (
        "db.example",
        5433,
        "resumes",
        "require",
    )
