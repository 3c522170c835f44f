"""The registry of programs that install nothing: name → pure model (`MODELS`) or what runs others (`RUNNERS`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from firstpush.simulate.programs import coreutils, other, shells, wrappers
from firstpush.simulate.shell import builtins

if TYPE_CHECKING:
    from firstpush.simulate.invocation import Invocation, Result
    from firstpush.simulate.shell.commands import Call
    from firstpush.simulate.shell.session import Status

# Builtins that exist as programs as well.
_ALSO_PROGRAMS = ("true", "false", "echo", "printf", "pwd", "test", "[", "kill")

MODELS: dict[str, Callable[[Invocation], Result]] = {**coreutils.MODELS, **other.MODELS}
RUNNERS: dict[str, Callable[[Call], Status]] = {
    **wrappers.RUNNERS,
    **other.RUNNERS,
    **{name: builtins.BUILTINS[name] for name in _ALSO_PROGRAMS},
    **dict.fromkeys(("bash", "sh", "dash", "ash", "rbash", "zsh"), shells.run_shell),
}
