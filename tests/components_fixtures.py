"""Fixtures of the tests of the Home Assistant side."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.truenas_burnin.const import DOMAIN

from .burnin.fakes import NAS_ID, SYSTEM
from .common import API_KEY, FREE, OTHER, POOLED, REMOTE, URL, Board, ScriptedNas


@pytest.fixture
def nas() -> ScriptedNas:
    """Return a NAS with two free drives and one in a pool."""
    scripted = ScriptedNas()
    scripted.add(FREE, OTHER, POOLED)
    return scripted


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry for that NAS, not set up."""
    found = MockConfigEntry(
        domain=DOMAIN,
        unique_id=NAS_ID,
        title="nas",
        data={CONF_URL: URL, CONF_API_KEY: API_KEY},
    )
    found.add_to_hass(hass)
    return found


@pytest.fixture(autouse=True)
def ledger_folder(tmp_path: Path) -> Iterator[Path]:
    """Keep the ledger in a folder of its own."""
    folder = tmp_path / ".storage"
    with patch(
        "custom_components.truenas_burnin.runtime.shared_ledger.STORAGE_DIR",
        str(folder),
    ):
        yield folder


@pytest.fixture(autouse=True)
def every_entity(request: pytest.FixtureRequest) -> Iterator[None]:
    """Enable every entity, unless a test wants them as they come."""
    if request.node.get_closest_marker("as_shipped"):
        yield
        return
    place = "homeassistant.helpers.entity.Entity.entity_registry_enabled_default"
    with patch(place, True):
        yield


@pytest.fixture
def connect(nas: ScriptedNas) -> Iterator[AsyncMock]:
    """Connect to the NAS in memory, whatever the address."""
    mock = AsyncMock(return_value=nas)
    with (
        patch("custom_components.truenas_burnin.connect", mock),
        patch("custom_components.truenas_burnin.config_flow.connect", mock),
        patch("custom_components.truenas_burnin.discovery.connect", mock),
        patch("custom_components.truenas_burnin.runtime.removal.connect", mock),
    ):
        yield mock


@pytest.fixture
def bare(
    hass: HomeAssistant,
    nas: ScriptedNas,
    entry: MockConfigEntry,
    connect: AsyncMock,
    freezer: FrozenDateTimeFactory,
) -> Board:
    """Return everything, the entry not yet set up."""
    return Board(hass, nas, entry, freezer)


@pytest.fixture
async def board(bare: Board) -> Board:
    """Return everything, the entry set up."""
    await bare.set_up()
    return bare


@pytest.fixture
async def second(board: Board, connect: AsyncMock) -> Board:
    """Return a second NAS, set up beside the first."""
    return await set_up_second(board, connect)


async def set_up_second(board: Board, connect: AsyncMock) -> Board:
    """Set up a second NAS with one free drive."""
    nas = ScriptedNas(system=replace(SYSTEM, host_id="nas-2", hostname="nas2"))
    nas.add(REMOTE)
    connect.return_value = nas
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="nas-2",
        title="nas2",
        data={CONF_URL: "https://nas2.test", CONF_API_KEY: API_KEY},
    )
    entry.add_to_hass(board.hass)
    other = Board(board.hass, nas, entry, board.freezer)
    await other.set_up()
    return other
