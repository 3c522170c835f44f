"""Runs a plan for real in a sandboxed replica of the platform, starts the app, probes it, compares with the prediction.

In: a `Plan`, the project's folder, options. Out: a frozen `Rehearsal`. `rehearse(plan, project_root, *, options,
predicted=None, on_event=None) -> Rehearsal` raises `CannotRehearse` (exit 6) when no sandbox or replica can be made;
`capabilities() -> Capabilities` says beforehand what is possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstpush.rehearsal.ability import Capabilities, capabilities
    from firstpush.rehearsal.run import rehearse
    from firstpush.rehearsal.values import Event, ProbeSpec, Rehearsal, RehearsalOptions

__all__ = ["Capabilities", "Event", "ProbeSpec", "Rehearsal", "RehearsalOptions", "capabilities", "rehearse"]

_HOMES = {"rehearse": "run", "capabilities": "ability", "Capabilities": "ability"}


def __getattr__(name: str) -> Any:
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f"firstpush.rehearsal.{_HOMES.get(name, 'values')}"), name)
    raise AttributeError(f"module 'firstpush.rehearsal' has no attribute {name!r}")
