"""The action that reads the health of drives: nothing is written, few are woken."""

from dataclasses import replace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    ConnectionFailed,
)
from custom_components.truenas_burnin.truenas.surface import ContentItem, Why

from ..burnin.fakes import a_report
from ..common import FREE, OTHER, REMOTE, Board

pytest_plugins = ["tests.components_fixtures"]

READ = "read_drive_health"


async def rows(board: Board, **data: Any) -> dict[str, dict[str, Any]]:
    """Return the rows of the response by serial."""
    response = await board.action(READ, response=True, **data)
    return {row["serial"]: row for row in response["drives"]}


async def test_all_idle_drives(board: Board) -> None:
    """Each with what counts, in one table; nothing was written or started."""
    board.nas.reports[FREE.serial] = a_report(
        FREE, counters={"ata_5": 8}, manufacturer="Western Digital", power_on_hours=7
    )
    found = await rows(board)
    assert found.keys() == {drive.serial for drive in board.nas.drives.values()}
    row = found[FREE.serial]
    assert (row["asked"], row["grade"], row["reallocated"]) == ("read", "warn", 8)
    assert row["reasons"] == ["reallocated sectors: 8"]
    assert (row["manufacturer"], row["power_on_hours"]) == ("Western Digital", 7)
    assert row["device_id"] == board.device_id()
    assert found[OTHER.serial]["grade"] == "good"
    assert board.changes() == []


async def test_the_words_are_in_the_language_of_home_assistant(bare: Board) -> None:
    """German here."""
    bare.hass.config.language = "de"
    await bare.set_up()
    bare.nas.reports[FREE.serial] = a_report(FREE, counters={"ata_197": 2})
    row = (await rows(bare, device_id=bare.device_id()))[FREE.serial]
    assert (row["grade"], row["reasons"]) == ("fail", ["schwebende Sektoren: 2"])


async def test_a_drive_that_sleeps(board: Board) -> None:
    """It is woken only for whoever says so."""
    board.nas.drives[FREE.identifier] = replace(FREE, temperature=None)
    await board.data.coordinator.async_refresh()
    device = board.device_id()
    asleep = (await rows(board, device_id=device))[FREE.serial]
    assert (asleep["asked"], asleep.get("grade")) == ("asleep", None)
    assert board.nas.calls_of("smart") == []
    awake = (await rows(board, device_id=device, wake=True))[FREE.serial]
    assert awake["asked"] == "read"


async def test_what_cannot_be_read(board: Board) -> None:
    """A burn-in goes on undisturbed; a failure and an absence are told, by drive."""
    board.nas.still = True
    await board.start()
    board.nas.fail["smart"] = ConnectionFailed("no route")
    devices = [board.device_id(), board.device_id(OTHER)]
    found = await rows(board, device_id=devices)
    assert found[FREE.serial]["asked"] == "burning_in"
    assert (found[OTHER.serial]["asked"], found[OTHER.serial]["error"]) == (
        "failed",
        "no route",
    )
    del board.nas.drives[OTHER.identifier]
    await board.data.coordinator.async_refresh()
    found = await rows(board, device_id=devices[1])
    assert found[OTHER.serial]["asked"] == "absent"
    assert board.burn_in().state is BurnInState.RUNNING


async def test_one_nas_of_two(board: Board, second: Board) -> None:
    """Only its drives are asked."""
    found = await rows(board, config_entry_id=second.entry.entry_id)
    assert REMOTE.serial in found
    assert FREE.serial not in found


@pytest.mark.parametrize("silent", [True, False])
async def test_without_a_response(board: Board, silent: bool) -> None:
    """The reading is kept all the same, for exactly this drive."""
    await board.action(READ, response=not silent, device_id=board.device_id())
    known = board.data.health.get(FREE)
    assert known is not None
    assert known.report == a_report(FREE)
    assert board.data.health.get(replace(FREE, serial="OTHER")) is None
    assert board.data.health.get(OTHER) is None


async def test_a_reading_outlives_a_restart(board: Board) -> None:
    """The drive is not asked again to show it."""
    drive = replace(FREE)
    board.nas.put_on(
        FREE, ContentItem(place="partition 1", type="zfs_member", label="tank")
    )
    (row,) = (await rows(board, device_id=board.device_id())).values()
    assert row["content"] == ["zfs_member tank (partition 1)"]
    before = board.data.health.get(drive)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    asked = len(board.nas.calls_of("smart"))
    assert board.data.health.get(drive) == before
    assert len(board.nas.calls_of("smart")) == asked == 1


async def test_content_that_nobody_can_look_at(board: Board) -> None:
    """That costs the content, not the rest."""
    board.nas.fail["content"] = AgentFailed("content", Why(code="content_unknown"))
    (row,) = (await rows(board, device_id=board.device_id())).values()
    assert (row["asked"], row["content"]) == ("read", None)


async def test_a_ledger_that_keeps_nothing(
    board: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What the drive said is shown until the next restart."""
    broken = AsyncMock(side_effect=LedgerError("disk full"))
    monkeypatch.setattr(board.data.ledger, "keep_health", broken)
    (row,) = (await rows(board, device_id=board.device_id())).values()
    assert row["asked"] == "read"
    assert f"The health of {FREE.name} was not kept: disk full" in caplog.text
    assert board.data.health.get(FREE) is not None
