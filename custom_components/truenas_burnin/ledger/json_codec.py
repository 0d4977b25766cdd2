"""Frozen dataclasses as JSON, and back with every type checked.

A field that the JSON lacks takes its default, one that the class lacks is left out.
Long lists of one dataclass are kept by columns, so that each name is there once.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

_MANY: Final = 16
"""Rows from which on names that repeat are worth to be saved."""

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
        return _columns(value) if _is_table(value) else [to_json(x) for x in value]
    raise TypeError(f"not to be kept as JSON: {type(value).__name__}")


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """Return the fields of a dataclass, looked up once: a burn-in has hundreds."""
    if not is_dataclass(kind):
        return None
    return tuple(item.name for item in fields(kind))


def _is_table(rows: Sequence[object]) -> bool:
    """Tell whether columns are shorter: a class needs one that is always there."""
    kind = type(rows[0]) if rows else None
    return (
        len(rows) >= _MANY
        and is_dataclass(kind)
        and all(type(row) is kind for row in rows)
        and any(map(_is_needed, fields(kind)))
    )


def _columns(rows: Sequence[Any]) -> dict[str, list[object]]:
    """Return the fields by name, without those that are as by default in all rows."""
    return {
        item.name: [to_json(getattr(row, item.name)) for row in rows]
        for item in fields(rows[0])
        if any(getattr(row, item.name) != item.default for row in rows)
    }


def _rows(value: object) -> list[Any]:
    """Return the list that was kept, by columns or not."""
    if type(value) is not dict or not value:
        return _of(list, value)
    columns = [_of(list, column) for column in value.values()]
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


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
    needed = {item.name for item in fields(kind) if _is_needed(item)}

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


def _is_needed(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


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
        return lambda value: collection(map(read, _rows(value)))

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
