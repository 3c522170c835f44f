"""firstpush: predicts, repairs and rehearses the deployment of a Python app before the first push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firstpush._version import __version__

if TYPE_CHECKING:
    from firstpush.api import check, diagnose, fix, plan, rehearse, simulate

__all__ = ["__version__", "check", "diagnose", "fix", "plan", "rehearse", "simulate"]


def __getattr__(name: str) -> Any:
    """Import the API when it is first asked for: start-up is a feature."""
    if name in __all__:
        from firstpush import api

        return getattr(api, name)
    raise AttributeError(f"module 'firstpush' has no attribute {name!r}")
