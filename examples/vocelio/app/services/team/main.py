"""Teams and seats: the members of the call centre, kept in memory, each with its own life cycle.

Written by tasks/generate_vocelio.py from services.toml; change those, not this file.
"""

from __future__ import annotations

import itertools
import os
from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field

SERVICE = "team"
START = "invited"
# action: (the state it leaves, the state it reaches)
ACTIONS: dict[str, tuple[str, str]] = {
    "accept": ("invited", "active"),
    "suspend": ("active", "suspended"),
    "reinstate": ("suspended", "active"),
}

app = FastAPI(title="Teams and seats", version="1.0.0")


class New(BaseModel):
    """What a client sends to create one."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    role: Annotated[str, Field(min_length=1, max_length=200)]


class Item(New):
    """What is kept and returned."""

    id: int
    state: str


items: dict[int, Item] = {}
numbers = itertools.count(1)


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "service": SERVICE, "environment": os.environ.get("ENVIRONMENT", "development")}


@app.get("/members")
def list_items(state: str | None = None) -> list[Item]:
    return [item for item in items.values() if state in (None, item.state)]


@app.post("/members", status_code=201)
def create(new: New) -> Item:
    item = Item(id=next(numbers), state=START, **new.model_dump())
    items[item.id] = item
    return item


@app.get("/members/{item_id}")
def read(item_id: int) -> Item:
    if item_id not in items:
        raise HTTPException(404, f"members/{item_id} does not exist")
    return items[item_id]


@app.post("/members/{item_id}/{action}")
def act(item_id: int, action: str) -> Item:
    item = read(item_id)
    if action not in ACTIONS:
        raise HTTPException(404, f"no action {action!r}; there are: {', '.join(ACTIONS)}")
    leaves, reaches = ACTIONS[action]
    if item.state != leaves:
        raise HTTPException(409, f"{action} needs state {leaves!r}, but this one is {item.state!r}")
    items[item_id] = item.model_copy(update={"state": reaches})
    return items[item_id]
