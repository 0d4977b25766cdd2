"""A drive in a pool is never written to, whoever asks and however."""

import hashlib
from pathlib import Path

import pytest

from .conftest import Live


def digest(live: Live, serial: str) -> str:
    """Return a hash of the drive's content on the mock."""
    folder = Path(live.nas.process.log).parent / "nas" / "drives"
    return hashlib.sha256((folder / serial.encode().hex()).read_bytes()).hexdigest()


async def test_three_ways_to_ask_three_refusals(live: Live) -> None:
    """By the action, by the button, and of the agent itself."""
    state = await live.nas.debug("state")
    pooled = next(item for item in state["drives"] if item["pool"] == "tank")
    serial = pooled["serial"]
    before = digest(live, serial)

    with pytest.raises(RuntimeError, match="400"):
        await live.start(serial)

    await live.home.post(
        "services/switch/turn_on", {"entity_id": await live.entity(serial, "armed")}
    )
    with pytest.raises(RuntimeError, match=r"400|500"):
        await live.home.post(
            "services/button/press",
            {"entity_id": await live.entity(serial, "start_burn_in")},
        )

    writes = await live.nas.debug("writes")
    assert writes.get(serial, 0) == 0
    assert digest(live, serial) == before
    reply = await live.home.action("get_burn_ins", limit=100)
    assert reply["burn_ins"] == []
