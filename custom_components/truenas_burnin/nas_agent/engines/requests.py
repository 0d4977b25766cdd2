"""Which requests move the bytes of a range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..plan import Range


@dataclass(frozen=True)
class Request:
    """Bytes that are written or read in one go."""

    byte: int
    length: int


def of_range(whole: Range, longest: int) -> Iterator[Request]:
    """Yield the requests of a range in ascending order, of at most `longest` bytes.

    Reading asks for them anew and must get the same. Each begins a multiple of
    `data.UNIT` behind the start of the range.
    """
    for byte in range(whole.start, whole.end, longest):
        yield Request(byte, min(longest, whole.end - byte))
