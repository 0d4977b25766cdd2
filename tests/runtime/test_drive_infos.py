"""What people write down about drives, at the same moment too."""

import asyncio
from typing import Any, cast

from custom_components.truenas_burnin.ledger import DriveInfo
from custom_components.truenas_burnin.runtime.drive_infos import DriveInfos


class SlowLedger:
    """A ledger that lets others go on before it has kept something."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.kept = DriveInfo()

    async def set_drive_info(
        self, nas_id: str, identifier: str, info: DriveInfo, *, actor: str
    ) -> None:
        """Keep the last that was said."""
        await asyncio.sleep(0)
        self.kept = info


async def test_two_who_write_at_the_same_moment() -> None:
    """Each changes what it means to; neither undoes the other's."""
    ledger, told = SlowLedger(), list[str]()
    infos = DriveInfos("nas-1", cast("Any", ledger), told.append, {})
    await asyncio.gather(
        infos.async_change("a", {"location": "bay 7"}, "Ada"),
        infos.async_change("a", {"notes": "loud"}, "Bob"),
    )
    assert ledger.kept == infos.get("a") == DriveInfo(location="bay 7", notes="loud")
    assert told == ["a", "a"]
