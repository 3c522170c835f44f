"""ResuMate: upload a résumé, get it back as data.

GET /health, POST /v1/resumes/upload, GET /v1/resumes, GET /v1/resumes/{id}.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache

from fastapi import FastAPI, HTTPException, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from resumate import parsing, reading
from resumate.storage import Storage, StoredResume, database_url

VERSION = "1.0.0"

app = FastAPI(title="ResuMate", version=VERSION)


class Found(BaseModel):
    """One stored résumé."""

    id: str
    filename: str
    created_at: datetime
    name: str | None
    emails: list[str]
    phones: list[str]
    skills: list[str]
    sections: dict[str, str]


@lru_cache(maxsize=1)
def storage() -> Storage:
    return Storage(database_url(os.environ))


@app.exception_handler(SQLAlchemyError)
def database_gone(request: Request, error: SQLAlchemyError) -> JSONResponse:
    return JSONResponse({"detail": "the database does not answer"}, status_code=503)


def shown(row: StoredResume) -> Found:
    return Found(id=row.id, filename=row.filename, created_at=row.created_at, **row.found)


@app.get("/health")
def health(response: Response) -> dict[str, str]:
    connected = storage().connected()
    response.status_code = 200 if connected else 503
    return {
        "status": "healthy" if connected else "unhealthy",
        "database": "connected" if connected else "disconnected",
        "version": VERSION,
        "environment": os.environ.get("ENVIRONMENT") or os.environ.get("VERCEL_ENV") or "production",
    }


@app.post("/v1/resumes/upload", status_code=201)
def upload(file: UploadFile) -> Found:
    """A PDF or a text file, up to 4 MB."""
    content = file.file.read(reading.LARGEST + 1)
    if len(content) > reading.LARGEST:
        raise HTTPException(413, f"the file is larger than {reading.LARGEST} bytes")
    filename = os.path.basename((file.filename or "resume").replace("\\", "/"))
    try:
        text = reading.text_of(content, filename)
    except reading.UnsupportedType as error:
        raise HTTPException(415, str(error)) from error
    except reading.Unreadable as error:
        raise HTTPException(422, str(error)) from error
    # PostgreSQL's text and JSON cannot hold NUL, which some PDFs contain.
    return shown(storage().add(filename, asdict(parsing.parse(text.replace("\0", "")))))


@app.get("/v1/resumes")
def newest(count: int = Query(default=20, ge=1, le=100)) -> list[Found]:
    return [shown(row) for row in storage().newest(count)]


@app.get("/v1/resumes/{resume_id}")
def one(resume_id: str) -> Found:
    row = storage().get(resume_id)
    if row is None:
        raise HTTPException(404, f"no resume {resume_id!r}")
    return shown(row)
