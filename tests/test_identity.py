"""A drive that the NAS calls something else is still the drive that people know."""

from dataclasses import replace
from typing import Final
from unittest.mock import patch

from homeassistant.const import STATE_ON
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.truenas.identities import Identities

from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

PLAIN: Final = replace(FREE, identifier=f"{{serial}}{FREE.serial}", lunid=None)
"""The free drive before the NAS knows its logical unit."""


@pytest.fixture
async def plain(bare: Board) -> Board:
    """Return a board whose free drive has no logical unit yet."""
    bare.nas.drives = {PLAIN.identifier: PLAIN, OTHER.identifier: OTHER}
    await bare.set_up()
    return bare


def name_anew(board: Board) -> None:
    """Have the NAS know the logical unit of the free drive."""
    board.nas.drives = {OTHER.identifier: OTHER, FREE.identifier: FREE}


def registered(board: Board) -> tuple[set[str], set[str]]:
    """Return all devices and entities of the NAS."""
    entry_id = board.entry.entry_id
    devices = dr.async_entries_for_config_entry(dr.async_get(board.hass), entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(board.hass), entry_id)
    return {one.id for one in devices}, {one.entity_id for one in entities}


async def test_everything_stays(plain: Board) -> None:
    """Device, entities, place, notes, arming and history; nothing appears twice."""
    await plain.write("location", "bay 7", PLAIN)
    await plain.switch("turn_on", PLAIN)
    (first,) = await plain.start(PLAIN, profile="smart")
    await plain.switch("turn_on", PLAIN)
    before = registered(plain)
    name_anew(plain)
    await plain.tick(20)
    assert registered(plain) == before
    burn_in = plain.burn_in(PLAIN)
    assert (burn_in.id, burn_in.state) == (first, BurnInState.PASSED), burn_in.reasons
    assert plain.state("sensor", "burn_in", PLAIN).state == "passed"
    assert plain.state("text", "location", PLAIN).state == "bay 7"
    assert plain.state("switch", "armed", PLAIN).state == STATE_ON
    found = await plain.action(
        "get_burn_ins", response=True, device_id=[plain.device_id(PLAIN)]
    )
    assert [one["id"] for one in found["burn_ins"]] == [first]


async def test_renamed_while_home_assistant_was_off(plain: Board) -> None:
    """What tells the drive is in the ledger: a burn-in goes on, with its device."""
    (first,) = await plain.start(PLAIN)
    before = registered(plain)
    await plain.hass.config_entries.async_unload(plain.entry.entry_id)
    name_anew(plain)
    plain.nas.identities = Identities()
    await plain.set_up()
    await plain.tick(20)
    assert registered(plain) == before
    assert (plain.burn_in(PLAIN).id, plain.burn_in(PLAIN).state) == (
        first,
        BurnInState.PASSED,
    )


async def test_what_cannot_be_kept_is_kept_later(plain: Board) -> None:
    """A full disk costs no poll."""
    name_anew(plain)
    full = LedgerError("disk full")
    with patch.object(SqliteLedger, "keep_identities", side_effect=full):
        await plain.data.coordinator.async_refresh()
    assert plain.data.coordinator.last_update_success
    identities = plain.nas.identities
    assert [one.called for one in identities.unkept] == [FREE.identifier]
    await plain.data.coordinator.async_refresh()
    assert not identities.unkept
    kept = await plain.data.ledger.identities(plain.data.coordinator.host_id)
    assert {one.called for one in kept} == {FREE.identifier, OTHER.identifier}
