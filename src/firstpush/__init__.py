"""firstpush: predicts, repairs and rehearses the deployment of a Python app before the first push."""

from __future__ import annotations

import sys
from types import ModuleType
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


class _CallableModule(ModuleType):
    """A subpackage that has the name of a verb (`firstpush.simulate`): called, it is the verb of the API."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        from firstpush import api

        return getattr(api, self.__name__.rpartition(".")[2])(*args, **options)


class _Package(ModuleType):
    """Importing a subpackage binds its name here and would hide the verb of that name: so it becomes callable."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in __all__ and isinstance(value, ModuleType):
            value.__class__ = _CallableModule
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
