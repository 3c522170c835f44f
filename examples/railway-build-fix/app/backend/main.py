"""A link shortener: POST a URL, get a short code, follow it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, HttpUrl

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without characters that are read as others
LENGTH = 6
MOST = 10_000

app = FastAPI(title="Short links", version="1.0.0")


class Target(BaseModel):
    """Where a link leads."""

    url: HttpUrl


@dataclass(slots=True)
class Link:
    """A link and how often it was followed."""

    url: str
    followed: int = 0


links: dict[str, Link] = {}


@app.get("/health")
def health() -> dict[str, str | int]:
    return {"status": "ok", "links": len(links)}


@app.post("/links", status_code=201)
def shorten(target: Target) -> dict[str, str]:
    if len(links) >= MOST:
        raise HTTPException(507, "no room for more links")
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    while code in links:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    links[code] = Link(str(target.url))
    return {"code": code, "url": links[code].url}


@app.get("/links/{code}")
def statistics(code: str) -> dict[str, str | int]:
    if code not in links:
        raise HTTPException(404, f"no link {code!r}")
    return {"code": code, "url": links[code].url, "followed": links[code].followed}


@app.get("/{code}")
def follow(code: str) -> RedirectResponse:
    if code not in links:
        raise HTTPException(404, f"no link {code!r}")
    links[code].followed += 1
    return RedirectResponse(links[code].url, status_code=307)
