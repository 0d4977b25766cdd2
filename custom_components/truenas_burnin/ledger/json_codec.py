"""Frozen dataclasses as JSON, and back with every type checked.

A field that the JSON lacks takes its default, one that the class lacks is left out.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

type Reader = Callable[[Any], Any]

_AS_IT_IS: Final = frozenset({NoneType, bool, int, float, str})


def to_json(value: object) -> object:
    """Return a value of plain types, enums, dataclasses and collections as JSON."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if (names := _names(cast("Hashable", kind))) is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    raise TypeError(f"not to be kept as JSON: {type(value).__name__}")


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """Return the fields of a dataclass, looked up once: a burn-in has hundreds."""
    if not is_dataclass(kind):
        return None
    return tuple(item.name for item in fields(kind))


def from_json[T](kind: type[T], value: object) -> T:
    """Return the value that `to_json` gave; raise ValueError where it is no `kind`."""
    return cast("T", _reader(cast("Hashable", kind))(value))


@cache
def _reader(kind: Any) -> Reader:
    """Return how a type is read; each is looked at once."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, UnionType):
        (inner,) = (item for item in get_args(kind) if item is not NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    origin = get_origin(kind)
    if origin is None:
        return kind if issubclass(kind, StrEnum) else _dataclass(kind)
    inners = [_reader(item) for item in get_args(kind) if item is not Ellipsis]
    return _COLLECTIONS[origin](*inners)


def _dataclass(kind: type) -> Reader:
    hints = get_type_hints(kind)
    read = {item.name: _reader(hints[item.name]) for item in fields(kind)}
    needed = {
        item.name
        for item in fields(kind)
        if item.default is MISSING and item.default_factory is MISSING
    }

    parts = tuple(read.items())

    def reader(value: Any) -> Any:
        found = _of(dict, value)
        if not needed <= found.keys():
            missing = ", ".join(sorted(needed - found.keys()))
            raise ValueError(f"{kind.__name__} lacks {missing}")
        return kind(
            **{name: part(found[name]) for name, part in parts if name in found}
        )

    return reader


def _of[T](kind: type[T], value: object) -> T:
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}, not {value!r:.40}")
    return value


def _exactly(kind: type) -> Reader:
    def reader(value: Any) -> Any:
        return value if type(value) is kind else _of(kind, value)

    return reader


def _float(value: object) -> float:
    number = value if type(value) is int else _of(float, value)
    if not isfinite(number):
        raise ValueError(f"not finite: {number}")
    return float(number)


def _collected(collection: Callable[[Iterable[Any]], Any]) -> Callable[..., Reader]:
    def of(read: Reader) -> Reader:
        return lambda value: collection(map(read, _of(list, value)))

    return of


def _mapping(key: Reader, item: Reader) -> Reader:
    return lambda value: {
        key(name): item(found) for name, found in _of(dict, value).items()
    }


_PLAIN: Final[Mapping[type, Reader]] = {
    bool: _exactly(bool),
    int: _exactly(int),
    str: _exactly(str),
    float: _float,
}
_COLLECTIONS: Final[Mapping[type, Callable[..., Reader]]] = {
    tuple: _collected(tuple),
    frozenset: _collected(frozenset),
    cast("type", Mapping): _mapping,
}
