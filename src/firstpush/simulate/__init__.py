"""The abstract interpreter: what does a command, a plan, do on a described machine?

`simulate(machine, command)` predicts one command (the plumbing command's function; docs/simulate.md);
`simulate_plan(plan, tree)` a deployment; `machine_from_json` reads a machine's description. Nothing is executed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstpush.model.machine import Machine
    from firstpush.simulate.command import Answer
    from firstpush.simulate.machine_json import machine_from_json
    from firstpush.simulate.plan_run import Simulation, StepOutcome, simulate_plan

__all__ = ["Answer", "Simulation", "StepOutcome", "machine_from_json", "simulate", "simulate_plan"]

_HOMES = {
    "Answer": "firstpush.simulate.command",
    "Simulation": "firstpush.simulate.plan_run",
    "StepOutcome": "firstpush.simulate.plan_run",
    "simulate_plan": "firstpush.simulate.plan_run",
    "machine_from_json": "firstpush.simulate.machine_json",
}


def simulate(machine: Machine | dict[str, Any], command: str) -> Answer:
    """What `bash -c 'cd <cwd> && COMMAND'` would do on this machine. Raises `BadMachine` for a bad description."""
    from firstpush.simulate.command import predict

    return predict(machine, command)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'firstpush.simulate' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
