"""Where a value of a plan comes from. No command after `platforms/` is a bare string."""

from __future__ import annotations

from typing import Generic, TypeVar

from firstpush.model.text import Span, SpannedText
from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """A place in a file of the project."""

    span: Span

    def describe(self) -> str:
        return self.span.path


@dataclass(frozen=True, slots=True)
class BuilderDefault:
    """What the builder does by itself. `why`: what made it choose this (`requirements.txt exists`)."""

    builder: str
    version: str | None = None
    why: str = ""

    def describe(self) -> str:
        name = f"{self.builder} {self.version}" if self.version else self.builder
        return f"default of {name}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True)
class EnvOrigin:
    """An environment (service) variable."""

    name: str

    def describe(self) -> str:
        return f"variable {self.name}"


@dataclass(frozen=True, slots=True)
class OptionOrigin:
    """An option of the firstpush command line, standing for a dashboard setting."""

    name: str

    def describe(self) -> str:
        return f"option {self.name}"


Origin = FileOrigin | BuilderDefault | EnvOrigin | OptionOrigin

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """A value and its origin."""

    value: T
    origin: Origin

    @property
    def span(self) -> Span | None:
        return self.origin.span if isinstance(self.origin, FileOrigin) else None


@dataclass(frozen=True, slots=True)
class Command:
    """A shell command of a plan: its text with the map to the file's bytes, and its origin."""

    text: SpannedText
    origin: Origin

    def __str__(self) -> str:
        return self.text.text
