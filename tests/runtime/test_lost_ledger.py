"""A lost record holds every destructive burn-in until a person accepts it."""

from datetime import timedelta
from pathlib import Path
import sqlite3
from unittest.mock import patch

from homeassistant.components.repairs import DOMAIN as REPAIRS, repairs_flow_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.ledger import SqliteLedger, turns
from custom_components.truenas_burnin.repairs import async_create_fix_flow
from custom_components.truenas_burnin.runtime.issues import (
    LEDGER_LOST,
    LEDGER_UNWRITABLE,
)

from ..common import FREE, Board

pytest_plugins = ["tests.components_fixtures"]

LETTERS = b"not a database, but somebody's" * 100


@pytest.fixture
def ruined(ledger_folder: Path) -> Path:
    """Return the path of a ledger that is none."""
    path = ledger_folder / DOMAIN / "ledger.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(LETTERS)
    return path


def issue(board: Board, key: str = LEDGER_LOST) -> ir.IssueEntry | None:
    """Return an issue of ours."""
    return ir.async_get(board.hass).async_get_issue(DOMAIN, key)


async def test_nothing_is_overwritten_until_it_is_accepted(
    bare: Board, ruined: Path
) -> None:
    """Set aside, told of, refused, accepted, and on with the work."""
    await async_setup_component(bare.hass, REPAIRS, {})
    await bare.set_up()
    assert bare.entry.state is ConfigEntryState.LOADED
    (aside,) = ruined.parent.glob("*.bad")
    assert aside.read_bytes() == LETTERS
    told = issue(bare)
    assert told is not None
    assert told.is_fixable
    assert told.translation_placeholders is not None
    assert "not a SQLite database" in told.translation_placeholders["reason"]
    words = {"profile": "surface", "confirm_serials": [FREE.serial]}
    error = await bare.refused("start_burn_in", device_id=bare.device_id(), **words)
    assert "the burn-in records were lost" in str(error)
    await bare.start(profile="smart")
    assert bare.burn_in().state is BurnInState.QUEUED
    await bare.action("cancel_all_burn_ins")

    manager = repairs_flow_manager(bare.hass)
    assert manager is not None
    flow = await manager.async_init(DOMAIN, data={"issue_id": LEDGER_LOST})
    assert flow["type"] is FlowResultType.FORM
    assert flow["description_placeholders"] == told.translation_placeholders
    done = await manager.async_configure(flow["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await bare.settle()
    assert issue(bare) is None
    await bare.start(profile="surface")
    assert bare.burn_in().state is BurnInState.RUNNING


async def test_the_hold_outlives_a_restart(bare: Board, ruined: Path) -> None:
    """Setting up again is no way around it."""
    await bare.set_up()
    await bare.hass.config_entries.async_reload(bare.entry.entry_id)
    await bare.settle()
    assert issue(bare) is not None
    words = {"profile": "surface", "confirm_serials": [FREE.serial]}
    await bare.refused("start_burn_in", device_id=bare.device_id(), **words)


async def test_a_deleted_ledger_is_missed(board: Board, ledger_folder: Path) -> None:
    """It never looks like a first run."""
    entries = board.hass.config_entries
    await entries.async_unload(board.entry.entry_id)
    (ledger_folder / DOMAIN / "ledger.db").unlink()
    await board.set_up()
    assert issue(board) is not None


async def test_an_acceptance_that_cannot_be_kept(bare: Board, ruined: Path) -> None:
    """Burn-ins stay on hold."""
    await bare.set_up()
    flow = await async_create_fix_flow(bare.hass, LEDGER_LOST, None)
    flow.hass = bare.hass
    with patch.object(SqliteLedger, "accept_loss", side_effect=LedgerError("full")):
        result = await flow.async_step_confirm({})  # type: ignore[attr-defined]
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_kept"
    assert issue(bare) is not None


async def test_a_ledger_of_somebody_else_is_refused(
    bare: Board, ledger_folder: Path
) -> None:
    """It is left where it is."""
    path = ledger_folder / DOMAIN / "ledger.db"
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE letters (id)")
    connection.close()
    before = path.read_bytes()
    await bare.set_up()
    assert bare.entry.state is ConfigEntryState.SETUP_ERROR
    assert bare.entry.error_reason_translation_key == "ledger_unreadable"
    assert bare.nas.closed == 1
    assert path.read_bytes() == before


async def test_a_ledger_that_somebody_holds_at_a_set_up(
    board: Board, ledger_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saving options is one: it is tried again, and nobody has to reload by hand."""
    monkeypatch.setattr(turns, "BUSY_SECONDS", 0.05)
    unload = board.hass.config_entries.async_unload
    await unload(board.entry.entry_id)
    holder = sqlite3.connect(ledger_folder / DOMAIN / "ledger.db")
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    await board.set_up()
    assert board.entry.state is ConfigEntryState.SETUP_RETRY
    assert board.entry.error_reason_translation_key == "ledger_unreadable"
    holder.close()
    await board.tick(after=timedelta(minutes=1))
    assert board.loaded


async def test_a_ledger_that_cannot_be_read_is_let_go_of(
    bare: Board, ledger_folder: Path
) -> None:
    """Each set-up that is tried again would leave it open otherwise."""
    with patch.object(SqliteLedger, "lost", side_effect=LedgerError("disk I/O error")):
        await bare.set_up()
    assert bare.entry.state is ConfigEntryState.SETUP_RETRY
    assert not (ledger_folder / DOMAIN / "ledger.db-wal").exists()


async def test_a_ledger_that_somebody_writes_to_at_a_set_up(
    board: Board, ledger_folder: Path
) -> None:
    """A backup, for example: what is only read is read meanwhile."""
    holder = sqlite3.connect(ledger_folder / DOMAIN / "ledger.db")
    holder.execute("BEGIN IMMEDIATE")
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    assert board.entry.state is ConfigEntryState.LOADED
    holder.close()


async def test_a_ledger_that_keeps_nothing_is_told_of(board: Board) -> None:
    """Burn-ins stand still meanwhile, lose nothing and go on by themselves."""
    board.nas.still = True
    await board.start()
    board.nas.still = False
    key = f"{LEDGER_UNWRITABLE}_{board.entry.entry_id}"
    with (
        patch.object(SqliteLedger, "commit", side_effect=LedgerError("disk full")),
        patch.object(SqliteLedger, "keep", side_effect=LedgerError("disk full")),
    ):
        await board.tick(times=8)
        told = issue(board, key)
        assert told is not None
        assert told.translation_placeholders is not None
        assert told.translation_placeholders["reason"] == "disk full"
        assert board.burn_in().state is BurnInState.RUNNING
    await board.tick(times=10)
    assert issue(board, key) is None
    assert board.burn_in().state is BurnInState.PASSED
    assert len(board.nas.calls_of("start_self_test")) == 2
