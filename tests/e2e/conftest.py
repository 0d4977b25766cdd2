"""A real Home Assistant with a NAS added through its config flow."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any

from playwright.async_api import Browser
import pytest

from scripts.live.home import Home
from scripts.live.nas import Nas, start_nas
from scripts.live.wait import until

from .browser import build_panel, chromium

GENERATIONS = ["core-13.0", "scale-25.10"]
"""One spoken to over REST, one over JSON-RPC."""

FINAL = {"passed", "failed", "cancelled", "inconclusive"}
SPEED = 60.0


@dataclass
class Live:
    """What an end-to-end test acts on; `drives` are device ids by serial."""

    home: Home
    nas: Nas
    drives: dict[str, str]

    async def free(self, count: int) -> list[str]:
        """Return serials of drives that are in no pool and do not fail."""
        state = await self.nas.debug("state")
        taken = {item["serial"] for item in state["drives"] if item["pool"]}
        found = sorted(set(self.drives) - taken - {"FAIL001"})
        return found[:count]

    async def start(self, *serials: str, profile: str = "full") -> list[str]:
        """Start confirmed burn-ins; return their ids."""
        reply = await self.home.action(
            "start_burn_in",
            device_id=[self.drives[serial] for serial in serials],
            profile=profile,
            confirm_serials=list(serials),
        )
        return [item["id"] for item in reply["burn_ins"]]

    async def burn_ins(self, ids: list[str]) -> list[dict[str, Any]]:
        """Return burn-ins by id, in the order of the ids."""
        reply = await self.home.action("get_burn_ins", limit=100)
        found = {item["id"]: item for item in reply["burn_ins"]}
        return [found[burn_in_id] for burn_in_id in ids]

    async def ended(self, ids: list[str], seconds: float) -> list[dict[str, Any]]:
        """Return the burn-ins once all have ended."""

        async def look() -> list[dict[str, Any]]:
            burn_ins = await self.burn_ins(ids)
            over = all(burn_in["state"] in FINAL for burn_in in burn_ins)
            return burn_ins if over else []

        return await until(look, seconds, "the burn-ins to end")

    async def in_stage(self, burn_in_id: str, stage: str, percent: float) -> None:
        """Wait until a burn-in is so far into a stage."""

        async def look() -> bool:
            (burn_in,) = await self.burn_ins([burn_in_id])
            return any(
                item["kind"] == stage
                and item["state"] == "running"
                and item["percent"] >= percent
                for item in burn_in["stages"]
            )

        await until(look, 240, f"{stage} at {percent} %")

    async def entity(self, serial: str, kind: str) -> str:
        """Return the entity id of a drive's entity by its translation key."""
        entities = await self.home.entities()
        return next(
            entity
            for entity, found in entities.items()
            if found == (self.drives[serial], kind)
        )


@pytest.fixture(scope="session")
def panel() -> None:
    """Have the panel built before a Home Assistant looks for it."""
    build_panel()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    async with chromium() as started:
        yield started


@pytest.fixture
def configuration() -> str:
    """Return what is added to the configuration; a module may say otherwise."""
    return ""


@pytest.fixture
def profile() -> str:
    """Return which TrueNAS is pretended; a test may be parametrized with others."""
    return "core-13.0"


@pytest.fixture
async def live(tmp_path: Path, configuration: str, profile: str) -> AsyncIterator[Live]:
    """Start both and add the NAS as a person would."""
    nas = await start_nas(tmp_path, profile, SPEED)
    home = Home(tmp_path / "homeassistant", more=configuration)
    try:
        await home.start()
        result = await home.add_nas(nas.url, nas.key)
        assert result["type"] == "create_entry", result
        drives = await until(home.drives, 60, "the drives to appear")
        yield Live(home, nas, drives)
    except BaseException:
        if home.process is not None:
            sys.stderr.write(home.process.tail(80))
        sys.stderr.write(nas.process.tail(80))
        raise
    finally:
        await home.close()
        await nas.stop()
