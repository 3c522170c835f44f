"""A notice board: everybody reads, who has the key writes."""

from __future__ import annotations

import itertools
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

from settings import load

settings = load()
app = FastAPI(title=settings.title, version="1.0.0")


class New(BaseModel):
    """What a client sends."""

    text: str = Field(min_length=1)


class Note(New):
    """What is kept."""

    id: int


notes: dict[int, Note] = {}
numbers = itertools.count(1)


def with_key(x_api_key: Annotated[str, Header()] = "") -> None:
    if not settings.api_key:
        raise HTTPException(503, "writing is closed: API_KEY is not set")
    if not secrets.compare_digest(x_api_key.encode(), settings.api_key.encode()):
        raise HTTPException(401, "wrong or missing X-API-Key")


@app.get("/health")
def health() -> dict[str, str | bool]:
    return {"status": "ok", "title": settings.title, "writable": bool(settings.api_key)}


@app.get("/notes")
def read_all() -> list[Note]:
    return list(notes.values())


@app.post("/notes", status_code=201, dependencies=[Depends(with_key)])
def write(new: New) -> Note:
    if len(new.text) > settings.longest_note:
        raise HTTPException(413, f"a note has at most {settings.longest_note} characters")
    note = Note(id=next(numbers), text=new.text)
    notes[note.id] = note
    return note


@app.delete("/notes/{note_id}", status_code=204, dependencies=[Depends(with_key)])
def remove(note_id: int) -> None:
    if notes.pop(note_id, None) is None:
        raise HTTPException(404, f"no note {note_id}")
