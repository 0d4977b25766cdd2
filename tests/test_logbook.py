"""Activity of a NAS."""

from homeassistant.core import Event, callback
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.logbook import (
    EVENT_BURN_IN,
    async_describe_events,
)
from custom_components.truenas_burnin.runtime.changes import Happening

from .common import FREE, Board
from .said import ENGLISH

pytest_plugins = ["tests.components_fixtures"]


async def test_it_names_the_drive(board: Board) -> None:
    """Each happening is told once, of the NAS, with its drive and the reason."""
    described = {}

    @callback
    def describe(domain: str, event_type: str, how: object) -> None:
        described[domain, event_type] = how

    async_describe_events(board.hass, describe)
    how = described[DOMAIN, EVENT_BURN_IN]
    assert callable(how)
    told: list[Event] = async_capture_events(board.hass, EVENT_BURN_IN)
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=9)
    assert [event.data["happening"] for event in told] == ["started", "failed"]
    assert {event.data["device_id"] for event in told} == {board.device_id(None)}
    entry = how(told[1])
    assert entry["name"] == "ada1 (SER001)"
    assert entry["message"].startswith("failed its burn-in: errors at")


def test_words() -> None:
    """There are some for everything that can happen."""
    assert {f"logbook_{happening}" for happening in Happening} <= ENGLISH.keys()
