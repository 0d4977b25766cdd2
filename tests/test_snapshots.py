"""The registry entry and the state of every entity of each kind of device."""

from collections.abc import Iterator
from unittest.mock import patch

from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from .burnin.fakes import a_drive
from .common import FREE, Board

pytest_plugins = ["tests.components_fixtures"]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return snapshots as Home Assistant writes them: without its random ids."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def all_enabled() -> Iterator[None]:
    """Enable the entities that are not by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


@pytest.fixture
async def shown(bare: Board, all_enabled: None) -> Board:
    """Return a NAS with one drive that passed, at a fixed time, all enabled."""
    bare.freezer.move_to("2026-11-25 08:00:00+00:00")
    bare.nas.drives.clear()
    bare.nas.add(FREE)
    await bare.set_up()
    await bare.write("location", "Shelf 2")
    await bare.start()
    await bare.tick(times=8)
    return bare


@pytest.mark.parametrize("kind", ["nas", "drive"])
async def test_entities(shown: Board, kind: str, snapshot: SnapshotAssertion) -> None:
    """Nothing of them changes unnoticed."""
    drive = None if kind == "nas" else FREE
    device_id = shown.device_id(drive)
    assert dr.async_get(shown.hass).async_get(device_id) == snapshot(name="device")
    entries = er.async_entries_for_device(
        er.async_get(shown.hass), device_id, include_disabled_entities=True
    )
    burn_in_id = shown.burn_in().id
    for entry in sorted(entries, key=lambda item: item.entity_id):
        assert entry == snapshot(name=f"{entry.entity_id}-entry")
        state = shown.hass.states.get(entry.entity_id)
        assert state is not None
        known = {
            key: "the burn-in" if value == burn_in_id else value
            for key, value in state.attributes.items()
        }
        assert (state.state, known) == snapshot(name=f"{entry.entity_id}-state")


@pytest.mark.as_shipped
async def test_a_fleet_stays_below_the_limit_of_home_assistant(bare: Board) -> None:
    """1,350 drives fit below 10,000 enabled entities of one entry."""
    bare.nas.add(*(a_drive(number) for number in range(100, 300)))
    await bare.set_up()
    entries = er.async_entries_for_config_entry(
        er.async_get(bare.hass), bare.entry.entry_id
    )
    enabled = [entry for entry in entries if entry.disabled_by is None]
    drives = len(bare.nas.drives)
    nas = [entry for entry in enabled if entry.device_id == bare.device_id(None)]
    per_drive = (len(enabled) - len(nas)) / drives
    assert per_drive == 7
    assert 1350 * per_drive + len(nas) < 10_000
