"""What the deployment may set: environment variables first, a .env file beside this module for development."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings. Without an API key, writing is closed."""

    title: str
    api_key: str
    longest_note: int


def load(folder: Path = HERE) -> Settings:
    """Read the settings; the real environment wins over .env. Raises ValueError for a length that is no number."""
    values = {**dotenv_values(folder / ".env"), **os.environ}
    longest = values.get("LONGEST_NOTE") or "2000"
    if not longest.isdecimal():
        raise ValueError(f"LONGEST_NOTE must be a number of characters, not {longest!r}")
    return Settings(
        title=values.get("TITLE") or "Notes", api_key=values.get("API_KEY") or "", longest_note=int(longest)
    )
