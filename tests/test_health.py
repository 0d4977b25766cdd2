"""System health, backups, and what conversation agents may ask."""

from pathlib import Path
import shutil
import sqlite3
from unittest.mock import patch

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, ToolInput, ToolResult
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.truenas_burnin import backup, llm
from custom_components.truenas_burnin.burnin.model import BurnInState, HoldReason
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed

from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

ASKING = LLMContext(
    platform="test",
    context=Context(),
    language="en",
    assistant="conversation",
    device_id=None,
)


async def test_system_health(board: Board, second: Board) -> None:
    """How many answer, what they do, and whether the record is open."""
    assert await async_setup_component(board.hass, "system_health", {})
    board.nas.still = True
    await board.start(FREE, OTHER)
    info = await get_system_health_info(board.hass, DOMAIN)
    assert (info["systems"], info["burn_ins"], info["ledger"]) == ("2 / 2", 2, "ok")
    second.nas.down = ConnectionFailed("gone")
    await second.data.coordinator.async_refresh()
    info = await get_system_health_info(board.hass, DOMAIN)
    assert info["systems"] == "1 / 2"
    for each in (board, second):
        await each.hass.config_entries.async_unload(each.entry.entry_id)
    info = await get_system_health_info(board.hass, DOMAIN)
    assert (info["systems"], info["ledger"]) == ("0 / 2", "closed")


async def test_a_copy_of_the_file_alone_is_whole(
    board: Board, ledger_folder: Path, tmp_path: Path
) -> None:
    """A backup leaves the shared memory of the database out."""
    board.nas.still = True
    (burn_in_id,) = await board.start()
    await backup.async_pre_backup(board.hass)
    copy = tmp_path / "copy.db"
    shutil.copy(ledger_folder / DOMAIN / "ledger.db", copy)
    await backup.async_post_backup(board.hass)
    with sqlite3.connect(copy) as connection:
        rows = connection.execute("SELECT id, state FROM burn_ins").fetchall()
    connection.close()
    assert rows == [(burn_in_id, "running")]


async def test_a_backup_that_is_restored(
    board: Board, ledger_folder: Path, tmp_path: Path
) -> None:
    """What was queued in it, and cancelled since, does not begin."""
    board.nas.still = True
    await board.number(1)
    await board.start(FREE, OTHER, profile="surface")
    await backup.async_pre_backup(board.hass)
    file, copy = ledger_folder / DOMAIN / "ledger.db", tmp_path / "copy.db"
    shutil.copy(file, copy)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await backup.async_post_backup(board.hass)
    assert board.burn_in(OTHER).state is BurnInState.QUEUED
    await board.action("cancel_all_burn_ins")
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    shutil.copy(copy, file)
    await board.set_up()
    await board.tick(3)
    assert board.burn_in(OTHER).state is BurnInState.CANCELLED
    assert {plan.serial for plan in board.nas.plans} == {FREE.serial}
    assert board.data.runner.holds == {HoldReason.LEDGER_OUTDATED}


async def test_a_backup_without_a_ledger(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes on, with a warning if the ledger is open."""
    with patch.object(SqliteLedger, "checkpoint", side_effect=LedgerError("locked")):
        await backup.async_pre_backup(board.hass)
    assert "Could not checkpoint the burn-in records: locked" in caplog.text
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    await backup.async_pre_backup(board.hass)
    await backup.async_post_backup(board.hass)


async def ask(hass: HomeAssistant, **args: str) -> list[dict[str, object]]:
    """Return what the tool answers."""
    found = llm.async_get_tools(hass, ASKING, LLM_API_ASSIST)
    assert found is not None
    (tool,) = found.tools
    assert tool.name.startswith(f"{DOMAIN}__")
    assert tool.annotations is not None
    assert tool.annotations.read_only
    result = await tool.async_call(
        hass, ToolInput(tool_name=tool.name, tool_args=args), ASKING
    )
    assert isinstance(result, ToolResult)
    data = result.data
    assert isinstance(data, dict)
    burn_ins: list[dict[str, object]] = data["burn_ins"]  # type: ignore[assignment]
    return burn_ins


async def test_an_agent_asks(board: Board) -> None:
    """It hears how things stand, and can change nothing."""
    assert await ask(board.hass) == []
    board.nas.still = True
    await board.start(FREE, OTHER)
    before = board.changes()
    both = await ask(board.hass)
    assert {item["serial"] for item in both} == {FREE.serial, OTHER.serial}
    (one,) = await ask(board.hass, serial=FREE.serial)
    assert (one["nas"], one["state"]) == ("nas", "running")
    assert board.changes() == before
    assert llm.async_get_tools(board.hass, ASKING, "other") is None
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    assert llm.async_get_tools(board.hass, ASKING, LLM_API_ASSIST) is None
