"""Which bytes of a drive a surface stage writes and reads back.

Ranges begin at multiples of 4 KiB, which is what carries one stamp, and end where the
drive does, whatever its sectors.
"""

from itertools import pairwise
from typing import Final

from ..truenas.surface import ByteRange

_BLOCK: Final = 4096
_REQUEST: Final = 8 * 2**20
"""Large drives are cut where the agent's requests end, so that none is short."""

_RANGES: Final = 256
"""Checkpoints of a sweep: at most 0.4 % of it is done again after a reboot."""

_ZONE_MIN: Final = 64 * 2**20
_ZONE_MAX: Final = 2**30


def surface_ranges(size: int) -> tuple[ByteRange, ...]:
    """Return ranges that together cover every byte of `size`."""
    unit = _REQUEST if size >= _RANGES * _REQUEST else _BLOCK
    edges = [size * index // _RANGES // unit * unit for index in range(_RANGES)]
    return tuple(
        ByteRange(start, end - start)
        for start, end in pairwise((*edges, size))
        if end > start
    )


def zone_ranges(size: int) -> tuple[ByteRange, ...]:
    """Return three zones of `size` bytes: its start, its middle and its end."""
    zone = min(max(_ZONE_MIN, min(_ZONE_MAX, size // 1000)), size // 3)
    zone = max(_BLOCK, zone // _BLOCK * _BLOCK)
    starts = (0, (size - zone) // 2, size - zone)
    begin, middle, last = (start // _BLOCK * _BLOCK for start in starts)
    return (
        ByteRange(begin, zone),
        ByteRange(middle, zone),
        ByteRange(last, size - last),
    )
