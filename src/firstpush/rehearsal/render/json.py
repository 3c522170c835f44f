"""The rehearsal as JSON values: `{"format": 1, "rehearsals": […]}`. Documented in docs/rehearse.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from firstpush.rehearsal.values import Rehearsal


def values(result: Rehearsal) -> dict[str, Any]:
    """The rehearsal as values that JSON can hold, the logs in full (as far as they were kept)."""
    found: dict[str, Any] = asdict(result)
    return found


def render(results: Sequence[Rehearsal]) -> str:
    from firstpush._version import __version__

    whole = {"format": 1, "version": __version__, "rehearsals": [values(result) for result in results]}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n"
