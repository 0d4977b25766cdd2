"""Much work leaves the loop to others in between."""

import asyncio
from unittest.mock import patch

from custom_components.truenas_burnin.runtime import slices
from custom_components.truenas_burnin.runtime.slices import SLICE_SECONDS, in_slices


async def test_others_get_their_turn() -> None:
    """After each slice of time, and not after each thing."""
    clock = [0.0]
    order: list[object] = []

    async def work() -> None:
        async for thing in in_slices(range(6)):
            order.append(thing)
            clock[0] += SLICE_SECONDS / 2

    with patch.object(slices, "monotonic", lambda: clock[0]):
        task = asyncio.ensure_future(work())
        while not task.done():
            await asyncio.sleep(0)
            order.append("other")
    assert order[:6] == [0, 1, "other", 2, 3, "other"]
    assert [thing for thing in order if thing != "other"] == list(range(6))
