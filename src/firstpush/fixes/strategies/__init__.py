"""The registry of repairs: a line a strategy, the simplest first. Adding one: its module, a line here, its tests.

In: a `Situation`. Out: `Proposal`s, unverified; the engine keeps only those that help.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from firstpush.fixes.proposal import Proposal, Situation, Strategy

# Ways to install; `--strategy` chooses one, the first that works is the default.
INSTALL: Final = ("provider", "venv", "uv", "nix", "break-system-packages")
# What else can be wrong; these are tried whatever the way to install, in this order.
REPAIRS: Final = (
    "vercel_framework",
    "vercel_commands",
    "vercel_words",
    "vercel_properties",
    "vercel_files",
    "vercel_builds",
    "app_factory",
    "config_syntax",
    "config_types",
    "config_keys",
    "config_values",
    "dockerfile_path",
    "path_variable",
    "phases_start",
    "apt_packages",
    "cache_directories",
    "node_tools",
    "requirements_path",
    "requirement_syntax",
    "requirements_names",
    "python_version",
    "option_names",
    "folder_path",
    "lock_missing",
    "start_activation",
    "start_interpreter",
    "entry_point",
    "start_shell",
    "start_port",
    "start_script",
    "requirements_file",
    "no_start",
    "process_type",
    "health_path",
    "pyproject_files",
    "django_wsgi",
    "release_command",
    "builder_choice",
    "provider_choice",
    "missing_dependency",
)
_MODULES: Final = {"break-system-packages": "break_system_packages"}


def strategy(name: str) -> Strategy:
    """The strategy of that name."""
    return import_module(f"{__name__}.{_MODULES.get(name, name)}")


def proposals(situation: Situation, install: str | None) -> Iterator[Proposal]:
    """What could be done here. `install`: only this way to install (None: all, in order)."""
    for name in INSTALL if install is None else (install,):
        yield from strategy(name).propose(situation)
    for name in REPAIRS:
        yield from strategy(name).propose(situation)
