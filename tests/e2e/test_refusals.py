"""A drive in a pool is never written to, whoever asks and however."""

from collections.abc import Callable, Iterator
import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from custom_components.truenas_burnin.truenas.client import connect
from custom_components.truenas_burnin.truenas.surface import (
    AgentState,
    JobStatus,
    SurfacePlan,
)
from scripts.live.wait import until

from ..plans import a_plan
from .conftest import Live


@pytest.fixture
async def pooled(live: Live) -> dict[str, Any]:
    """Return a drive of the pool, as the mock knows it."""
    state = await live.nas.debug("state")
    found: dict[str, Any] = next(
        item for item in state["drives"] if item["pool"] == "tank"
    )
    return found


@pytest.fixture
async def untouched(live: Live, pooled: dict[str, Any]) -> Callable[[], Any]:
    """Return a check that not a byte of the drive was written."""
    before = digest(pooled)

    async def check() -> None:
        writes = await live.nas.debug("writes")
        assert writes[pooled["serial"]] == 0
        assert digest(pooled) == before

    return check


def digest(drive: dict[str, Any]) -> str:
    """Return a hash of all that is on the drive; most of its file is a hole."""
    found = hashlib.sha256()
    with Path(drive["file"]).open("rb") as file:
        for start, end in extents(file.fileno()):
            file.seek(start)
            found.update(f"{start}:{end}:".encode())
            found.update(file.read(end - start))
    return found.hexdigest()


def extents(file: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where a file has data."""
    end = 0
    while True:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError as err:
            if err.errno != errno.ENXIO:
                raise
            return
        end = os.lseek(file, start, os.SEEK_HOLE)
        yield start, end


async def test_by_the_action(live: Live, pooled: Any, untouched: Any) -> None:
    """Confirmed by its serial, and refused all the same."""
    with pytest.raises(RuntimeError, match="400"):
        await live.start(pooled["serial"])
    await untouched()
    reply = await live.home.action("get_burn_ins", limit=100)
    assert reply["burn_ins"] == []


async def test_by_the_button(live: Live, pooled: Any, untouched: Any) -> None:
    """It can be neither armed nor started, and pressing all the same does nothing."""
    for key, action in (("armed", "switch/turn_on"), ("start_burn_in", "button/press")):
        entity = await live.entity(pooled["serial"], key)
        state = await live.home.get(f"states/{entity}")
        assert state["state"] == "unavailable"
        await live.home.post(f"services/{action}", {"entity_id": entity})
    await untouched()


def request(serial: str, drive: dict[str, Any], token: str) -> SurfacePlan:
    """Return an order to overwrite the start of whatever is at the drive's name."""
    return a_plan(drive["name"], serial, drive["size"], token=token)


async def test_of_the_agent_itself(live: Live, pooled: Any, untouched: Any) -> None:
    """With the serial of a free drive, and with its own: the kernel says no."""
    (free,) = await live.free(1)
    async with aiohttp.ClientSession() as session:
        nas = await connect(session, live.nas.url, live.nas.key)
        refused = await nas.start_surface(request(free, pooled, "wrong-serial"))
        assert refused.state is AgentState.REFUSED
        assert refused.reason is not None
        # It is opened first, and its serial read from what was opened.
        assert refused.reason.code == "in_use"

        await nas.start_surface(request(pooled["serial"], pooled, "in-use"))

        async def ended() -> JobStatus | None:
            status = (await nas.surface_status(ask=True)).get("in-use")
            return status if status and status.state.final else None

        status = await until(ended, 60, "the worker to end")
        assert status is not None
        assert status.state is AgentState.REFUSED
    await untouched()
