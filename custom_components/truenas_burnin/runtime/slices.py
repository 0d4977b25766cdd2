"""Work through many things without holding up the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from time import monotonic
from typing import Final

SLICE_SECONDS: Final = 0.01
"""How long may be worked at once: a fifth of what Home Assistant calls blocking, so
that a slow machine stays below that too."""


async def in_slices[T](things: Iterable[T]) -> AsyncIterator[T]:
    """Yield each thing; let the loop do everything else after every slice of time."""
    began = monotonic()
    for thing in things:
        yield thing
        if monotonic() - began >= SLICE_SECONDS:
            await asyncio.sleep(0)
            began = monotonic()
