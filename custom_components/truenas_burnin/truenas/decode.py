"""Read JSON of a NAS with types checked: anything odd is an InvalidResponse."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from .errors import InvalidResponse


def record(value: Any, what: str) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise InvalidResponse(f"{what}: expected an object")
    return value


def records(value: Any, what: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON list."""
    if not isinstance(value, list):
        raise InvalidResponse(f"{what}: expected a list")
    for item in value:
        yield record(item, what)


def text(source: dict[str, Any], key: str, default: str | None = None) -> str:
    """Return a string member; null and absent give the default, if there is one."""
    value = source.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise InvalidResponse(f"{key}: expected a text")
    return value


def optional_text(source: dict[str, Any], key: str) -> str | None:
    """Return a string member, or None where it is null, absent or empty."""
    return text(source, key, "") or None


def whole(source: dict[str, Any], key: str, default: int | None = None) -> int:
    """Return an integer member; null and absent give the default, if there is one."""
    value = source.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidResponse(f"{key}: expected a whole number")
    return value


def optional_whole(source: dict[str, Any], key: str) -> int | None:
    """Return an integer member, or None where it is null or absent."""
    return None if source.get(key) is None else whole(source, key)


def lenient_text(source: dict[str, Any], key: str) -> str:
    """Return a string member of no importance, "" where it is none."""
    value = source.get(key)
    return value if isinstance(value, str) else ""


def lenient_whole(source: dict[str, Any], key: str) -> int | None:
    """Return an integer member of no importance, None where it is none."""
    value = source.get(key)
    whole_number = isinstance(value, int) and not isinstance(value, bool)
    return value if whole_number else None


def number(source: dict[str, Any], key: str) -> float | None:
    """Return a finite number member, or None where it is null or absent."""
    value = source.get(key)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InvalidResponse(f"{key}: expected a number")
    try:
        finite = float(value)
    except OverflowError:
        raise InvalidResponse(f"{key}: out of range") from None
    if not isfinite(finite):
        raise InvalidResponse(f"{key}: out of range")
    return finite


def names(value: Any, what: str) -> frozenset[str]:
    """Return a JSON list of strings as a set."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidResponse(f"{what}: expected a list of texts")
    return frozenset(value)
