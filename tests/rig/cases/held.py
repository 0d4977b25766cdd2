"""A job that stands in the middle of a range, for as long as somebody tries something."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from tests.rig.guest.agent import GuestAgent
from tests.rig.guest.drives import MIB, Disk
from tests.rig.nbd.faults import Holds, Span

MIDDLE = Span.block(10 * MIB)


@contextmanager
def held_write(agent: GuestAgent, disk: Disk, wanted: dict[str, Any]) -> Iterator[None]:
    """Let the agent work at a plan, and stand at a write until the block ends.

    The job has ended after it, if nothing was raised.
    """
    hold = Holds(disk.store, MIDDLE)
    disk.breaks(hold)
    with ThreadPoolExecutor() as pool:
        job = pool.submit(agent.work, [wanted])
        try:
            assert hold.holding.wait(300)
            yield
        finally:
            disk.heals()
        job.result()
