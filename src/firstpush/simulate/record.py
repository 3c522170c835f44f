"""Frozen value classes that are cheap to define: what a syntax tree and the effects are made of.

`@dataclass(frozen=True, slots=True)` compiles six functions a class (0.4 ms); sixty of them cost more than a whole
`check` may. A `Record` has the same look, equality, hash, repr and matching, from shared functions. Type checkers see
a frozen dataclass. (`dataclasses.replace` does not take it.)
"""

from __future__ import annotations

from typing import Any, dataclass_transform


@dataclass_transform(frozen_default=True, eq_default=True)
class RecordMeta(type):
    """Turns annotations into slots, fields and defaults."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> RecordMeta:
        fields: dict[str, str] = namespace.get("__annotations__", {})
        names = tuple(fields)
        namespace["_defaults"] = {field: namespace.pop(field) for field in names if field in namespace}
        namespace["__slots__"] = names
        namespace["__match_args__"] = names
        return super().__new__(mcls, name, bases, namespace)


def _fields(record: object) -> tuple[tuple[str, ...], dict[str, Any]]:
    kind: Any = type(record)
    return kind.__match_args__, kind._defaults


class Record(metaclass=RecordMeta):
    """Base of the value classes. Fields are not changed once set (type checkers see to it)."""

    def __init__(self, *values: Any, **named: Any) -> None:
        names, defaults = _fields(self)
        for name, value in zip(names, values, strict=False):
            setattr(self, name, value)
        for name in names[len(values) :]:
            if name in named:
                setattr(self, name, named[name])
            elif name in defaults:
                setattr(self, name, defaults[name])
            else:
                raise TypeError(f"{type(self).__name__} needs {name}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _fields(self)[0])

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _fields(self)[0])))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _fields(self)[0])
        return f"{type(self).__name__}({shown})"
