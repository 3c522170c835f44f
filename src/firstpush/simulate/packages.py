"""What a system package brings (`apt-get install python3-pip`): interpreters, programs, files.

In: the machine, the package manager, a package's name; out: `Brought`, or None when the facts do not know it. The
facts are `facts/markers.toml`; the state then lays them down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from firstpush.model.value import dataclass, field

if TYPE_CHECKING:
    from firstpush.model.machine import InstalledProgram, Interpreter, Machine


@dataclass(frozen=True, slots=True)
class Brought:
    """What installing one package puts on the machine."""

    interpreters: tuple[Interpreter, ...] = ()
    programs: tuple[InstalledProgram, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


Resolver = Callable[["Machine", str], Brought | None]

# Package manager → what its packages bring. The installers' models fill it when they are imported.
RESOLVERS: dict[str, Resolver] = {}


def system_package(machine: Machine, manager: str, name: str) -> Brought | None:
    """What the package brings, or None when that is not known."""
    if not RESOLVERS:
        from firstpush.simulate.installers.base_systems import register

        register()
    resolver = RESOLVERS.get(manager)
    return resolver(machine, name) if resolver is not None else None
