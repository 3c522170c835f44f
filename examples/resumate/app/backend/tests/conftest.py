"""A database of its own for every test, and PDFs made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import main


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TestClient]:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'test.db'}")
    monkeypatch.delenv("ENVIRONMENT", raising=False)
    monkeypatch.delenv("VERCEL_ENV", raising=False)
    main.storage.cache_clear()
    with TestClient(main.app) as found:
        yield found
    main.storage.cache_clear()


@pytest.fixture
def sample() -> bytes:
    return (Path(main.__file__).parent / "samples" / "resume.txt").read_bytes()


@pytest.fixture
def pdf() -> Callable[[str], bytes]:
    """Text to a one-page PDF, written object by object."""

    def make(text: str) -> bytes:
        lines = "".join(
            "({}) Tj T* ".format(line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)"))
            for line in text.splitlines()
        )
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td {lines}ET".encode("latin-1")
        fonts = b"<< /Font << /F1 5 0 R >> >>"
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % fonts,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
        out, places = b"%PDF-1.4\n", []
        for number, body in enumerate(objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
        return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer

    return make
