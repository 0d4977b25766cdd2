"""Part of a long list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some rows of a list, and how many the whole list has."""

    total: int
    rows: tuple[T, ...]
