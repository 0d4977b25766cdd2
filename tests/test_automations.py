"""Automations built on our triggers and conditions."""

from typing import Any

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import condition, device_registry as dr, trigger
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.condition import CONDITIONS
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.trigger import TRIGGERS
from custom_components.truenas_burnin.truenas.errors import CallFailed

from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

MESSAGE = "{{ trigger.to_state.attributes.serial }} {{ trigger.to_state.attributes.event_type }}"


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Take what automations do."""
    return async_mock_service(hass, "test", "automation")


async def automate(board: Board, kind: str, target: dict[str, Any]) -> None:
    """Set up an automation for one of our triggers."""
    action = {"action": "test.automation", "data": {"told": MESSAGE}}
    config = {
        "alias": kind,
        "triggers": {"trigger": f"{DOMAIN}.{kind}", "target": target},
        "actions": action,
    }
    assert await async_setup_component(board.hass, AUTOMATION, {AUTOMATION: config})
    await board.settle()


def told(calls: list[ServiceCall]) -> list[str]:
    """Return what the automations did."""
    return [call.data["told"] for call in calls]


async def test_passed(board: Board, calls: list[ServiceCall]) -> None:
    """It fires for the drive it watches, once, and not for another."""
    await automate(board, "burn_in_passed", {"device_id": board.device_id()})
    await board.start(FREE, OTHER)
    await board.tick(times=8)
    assert told(calls) == ["SER001 passed"]


async def test_failed_on_the_whole_nas(board: Board, calls: list[ServiceCall]) -> None:
    """The NAS speaks for all its drives; passes do not count."""
    await automate(board, "burn_in_failed", {"device_id": board.device_id(None)})
    board.nas.bad.add(OTHER.serial)
    await board.start(FREE, OTHER, profile="surface")
    await board.tick(times=5)
    assert told(calls) == ["SER002 failed"]


async def test_an_area_with_nas_and_drives(
    board: Board, calls: list[ServiceCall]
) -> None:
    """Each event counts once though two entities tell of it."""
    registry = dr.async_get(board.hass)
    for drive in (None, FREE, OTHER):
        registry.async_update_device(board.device_id(drive), area_id="rack")
    await automate(board, "burn_in_started", {"area_id": "rack"})
    await board.start()
    assert told(calls) == ["SER001 started"]


async def test_entities_of_others_never_fire(
    board: Board, calls: list[ServiceCall]
) -> None:
    """Only our own events do."""
    board.hass.states.async_set("event.bell", "unknown")
    await automate(board, "burn_in_passed", {"entity_id": "event.bell"})
    attributes = {"event_type": "passed", "serial": "x"}
    board.hass.states.async_set(
        "event.bell", "2026-11-25T10:00:00.000+00:00", attributes
    )
    await board.settle()
    assert calls == []


async def test_cancelled_and_retried(board: Board, calls: list[ServiceCall]) -> None:
    """A cancelled burn-in that is started again starts once more."""
    board.nas.still = True
    await automate(board, "burn_in_started", {"device_id": board.device_id()})
    await board.start()
    await board.action("cancel_burn_in", device_id=board.device_id())
    await board.action("retry_burn_in", device_id=board.device_id())
    await board.settle()
    assert told(calls) == ["SER001 started", "SER001 started"]


async def holds(board: Board, kind: str, **options: Any) -> bool | None:
    """Return what one of our conditions says of all drives."""
    config = {
        "condition": f"{DOMAIN}.{kind}",
        "target": {"device_id": [board.device_id(), board.device_id(OTHER)]},
        "options": {"behavior": "any", **options},
    }
    valid = await condition.async_validate_condition_config(board.hass, config)
    checker = await condition.async_from_config(board.hass, valid)
    try:
        return checker.async_check()
    finally:
        checker.async_unload()


async def test_conditions(board: Board) -> None:
    """They follow the newest burn-in of each drive."""
    assert await async_setup_component(board.hass, AUTOMATION, {AUTOMATION: []})
    every = tuple(CONDITIONS)

    async def true() -> set[str]:
        return {kind for kind in every if await holds(board, kind)}

    assert await true() == {"was_never_run"}
    board.nas.bad.add(OTHER.serial)
    await board.action("start_burn_in", **starting(board))
    assert "is_queued" in await true() or "is_burning_in" in await true()
    await board.settle()
    assert await true() == {"is_burning_in"}
    assert await holds(board, "is_burning_in", behavior="all")
    board.nas.fail["stop_surface"] = CallFailed("agent", "no")
    await board.action("cancel_burn_in", device_id=board.device_id())
    assert board.burn_in().state is BurnInState.CANCELLING
    assert await true() == {"is_burning_in"}
    assert await holds(board, "is_burning_in", behavior="all")
    del board.nas.fail["stop_surface"]
    await board.tick()
    await board.start()
    await board.tick(times=5)
    assert await true() == {"has_passed", "has_failed"}
    assert not await holds(board, "has_failed", behavior="all")
    assert not await holds(board, "has_failed", **{"for": {"hours": 1}})


def starting(board: Board) -> dict[str, Any]:
    """Return what starts two destructive burn-ins."""
    return {
        "device_id": [board.device_id(), board.device_id(OTHER)],
        "profile": "surface",
        "confirm_serials": [FREE.serial, OTHER.serial],
    }


async def test_they_are_described(board: Board) -> None:
    """The editor can offer them (hassfest's check, by HA's own loaders)."""
    assert await async_setup_component(board.hass, AUTOMATION, {AUTOMATION: []})
    triggers = await trigger.async_get_all_descriptions(board.hass)
    conditions = await condition.async_get_all_descriptions(board.hass)
    for kind in TRIGGERS:
        assert triggers[f"{DOMAIN}.{kind}"] is not None
    found = {key for key in conditions if key.startswith(f"{DOMAIN}.")}
    assert found == {f"{DOMAIN}.{kind}" for kind in CONDITIONS}
    assert all(conditions[key] is not None for key in found)
