"""Which blocks of a drive a surface stage writes and reads back."""

from itertools import pairwise
from math import gcd
from typing import Final

from ..truenas.models import BlockRange

_SMALLEST_BLOCK: Final = 8192
_MAX_BLOCKS: Final = 2**32 - 1
"""badblocks counts blocks in 32 bits (burn-in-field.md A.5)."""

_RANGES: Final = 256
"""Checkpoints of a whole pass: at most 0.4 % is done again after a reboot."""

_ZONE_MIN: Final = 64 * 2**20
_ZONE_MAX: Final = 2**30


def block_size(size: int) -> int:
    """Return the block size in bytes for a drive of `size` bytes."""
    block = _SMALLEST_BLOCK
    while size // block > _MAX_BLOCKS:
        block *= 2
    return block


def surface_ranges(size: int) -> tuple[BlockRange, ...]:
    """Return ranges that together cover every sector of `size` bytes."""
    block = block_size(size)
    blocks = size // block
    count = max(1, min(_RANGES, blocks))
    edges = [blocks * index // count for index in range(count + 1)]
    whole = [
        BlockRange(block=block, first=first, last=end - 1)
        for first, end in pairwise(edges)
        if end > first
    ]
    if size % block:
        small = gcd(size, block)
        tail = BlockRange(
            block=small, first=blocks * block // small, last=size // small - 1
        )
        whole.append(tail)
    return tuple(whole)


def zone_ranges(size: int) -> tuple[BlockRange, ...]:
    """Return three zones of `size` bytes: its start, its middle and its end."""
    block = block_size(size)
    blocks = size // block
    zone = min(max(_ZONE_MIN, min(_ZONE_MAX, size // 1000)), size // 3) // block
    middle = (blocks - zone) // 2
    return tuple(
        BlockRange(block=block, first=first, last=first + zone - 1)
        for first in (0, middle, blocks - zone)
    )
