"""Dataclasses that cost next to nothing to define: the same decorator, `field` and `replace` as `dataclasses`.

firstpush has hundreds of small frozen values, and `dataclasses` compiles six methods for each class when its module
is imported: half of the start-up of `check` (1.4 ms a class on a busy core, 0.13 ms here). Here `__init__` is compiled
when a class is first called, and the other methods are shared functions over the fields; making a value is faster, too.
Only what firstpush uses is here: slots always, `frozen`, `order`, defaults and factories. The standard library's
`fields`, `asdict` and `replace` work on the values.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_MISSING: Any = object()


class _Field:
    """A field as written. `compare`, `repr`: whether it takes part in them."""

    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(self, default: Any, factory: Any, compare: bool, repr: bool) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.repr = repr


def field(*, default: Any = _MISSING, default_factory: Any = _MISSING, compare: bool = True, repr: bool = True) -> Any:
    """A field with more than a plain default."""
    return _Field(default, default_factory, compare, repr)


def replace(value: T, /, **changes: Any) -> T:
    """The same value with some fields changed; values of the standard library's kind are taken too."""
    fields: dict[str, _Field] | None = getattr(value, "__value_fields__", None)
    if fields is None:
        import dataclasses

        return dataclasses.replace(value, **changes)  # type: ignore[type-var]
    for name in fields:
        if name not in changes:
            changes[name] = getattr(value, name)
    return value.__class__(**changes)


@dataclass_transform(field_specifiers=(field,))
def dataclass(*, frozen: bool = False, slots: bool = True, order: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a class a value. `slots` is always on; it is here so that the call reads as usual."""

    def decorate(cls: type[T]) -> type[T]:
        made: type[T] = _made(cls, frozen, order)
        return made

    return decorate


def _made(cls: Any, frozen: bool, order: bool) -> Any:
    fields: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(base.__dict__.get("__value_fields__", {}))
    body = dict(cls.__dict__)
    own = [name for name, kind in body.get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")]
    for name in own:
        default = body.pop(name, _MISSING)
        fields[name] = default if isinstance(default, _Field) else _Field(default, _MISSING, True, True)
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    body["__slots__"] = tuple(name for name in own if not _is_slot(cls, name))
    body["__value_fields__"] = fields
    body["__dataclass_fields__"] = _StandardFields()
    body.setdefault("__match_args__", tuple(fields))
    compared = tuple(name for name, each in fields.items() if each.compare)
    _add_methods(body, fields, compared, frozen, order)
    made = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    if "__init__" not in cls.__dict__:
        made.__init__ = _first_init(made, fields, frozen)
    return made


def _is_slot(cls: type, name: str) -> bool:
    return any(name in base.__dict__.get("__slots__", ()) for base in cls.__mro__[1:])


def _add_methods(
    body: dict[str, Any], fields: dict[str, _Field], compared: tuple[str, ...], frozen: bool, order: bool
) -> None:
    key = _key(compared)
    if "__eq__" not in body:

        def equal(self: Any, other: Any) -> Any:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return key(self) == key(other)

        body["__eq__"] = equal
        body.setdefault("__hash__", (lambda self: hash(key(self))) if frozen else None)
    if body.get("__hash__", _MISSING) is None and frozen:
        body["__hash__"] = lambda self: hash(key(self))
    if order:

        def less(self: Any, other: Any) -> Any:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return key(self) < key(other)

        def less_or_equal(self: Any, other: Any) -> Any:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return key(self) <= key(other)

        body["__lt__"] = less
        body["__le__"] = less_or_equal  # `>` and `>=` are these, turned around
    body.setdefault("__repr__", _repr)
    body["__getstate__"] = _getstate
    body["__setstate__"] = _setstate
    body["__replace__"] = replace
    if frozen:
        body["__setattr__"] = _refuse_set
        body["__delattr__"] = _refuse_del


def _key(names: tuple[str, ...]) -> Callable[[Any], Any]:
    """What a value is compared and hashed by."""
    if len(names) > 1:
        return attrgetter(*names)
    if names:
        name = names[0]
        return lambda self: (getattr(self, name),)
    return lambda self: ()


def _first_init(cls: type, fields: dict[str, _Field], frozen: bool) -> Callable[..., None]:
    """An `__init__` that writes the real one when it is first called, and takes its place."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        real = _init(cls, fields, frozen)
        cls.__init__ = real  # type: ignore[misc]
        real(self, *args, **kwargs)

    return first


def _init(cls: type, fields: dict[str, _Field], frozen: bool) -> Callable[..., None]:
    known: dict[str, Any] = {"_MISSING": _MISSING}
    parameters = ["self"]
    lines = []
    for name, each in fields.items():
        value = name
        if each.factory is not _MISSING:
            known[f"_factory_{name}"] = each.factory
            parameters.append(f"{name}=_MISSING")
            value = f"_factory_{name}() if {name} is _MISSING else {name}"
        elif each.default is not _MISSING:
            known[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        if frozen:  # the slot's own setter is faster than object.__setattr__
            known[f"_set_{name}"] = getattr(cls, name).__set__
            lines.append(f" _set_{name}(self, {value})")
        else:
            lines.append(f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + ("\n".join(lines) or " pass"), known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, each in self.__value_fields__.items() if each.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__value_fields__]


def _setstate(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__value_fields__, state, strict=True):
        object.__setattr__(self, name, value)


def _refuse_set(self: Any, name: str, value: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_del(self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


class _StandardFields:
    """`__dataclass_fields__` for the standard library's functions, made when one of them asks."""

    def __get__(self, instance: Any, owner: Any) -> dict[str, Any]:
        import dataclasses

        found = {}
        for name, each in owner.__value_fields__.items():
            options: dict[str, Any] = {"compare": each.compare, "repr": each.repr}
            if each.factory is not _MISSING:
                options["default_factory"] = each.factory
            elif each.default is not _MISSING:
                options["default"] = each.default
            made = dataclasses.field(**options)
            made.name = name
            made.type = owner.__annotations__.get(name, Any)
            made._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
            found[name] = made
        return found
