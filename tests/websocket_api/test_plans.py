"""What a burn-in would take and what speaks against it, before it is started."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.truenas_burnin import const
from custom_components.truenas_burnin.truenas.errors import (
    AgentFailed,
    ConnectionFailed,
    InvalidResponse,
)
from custom_components.truenas_burnin.truenas.models import Drive
from custom_components.truenas_burnin.truenas.surface import (
    ContentItem,
    DriveContent,
    Why,
)

from ..burnin.fakes import a_drive
from ..burnin.test_without_smart import GERMAN, READ_ENGLISH, REPORT
from ..common import FREE, OTHER, POOLED, Board
from .conftest import Panel

pytest_plugins = ["tests.components_fixtures"]

MANIFEST = json.loads((Path(const.__file__).parent / "manifest.json").read_text())


def panel_id(board: Board, identifier: str) -> str:
    """Return how the panel calls a drive."""
    return f"{board.entry.entry_id}:{identifier}"


async def test_config(panel: Panel) -> None:
    """Profiles and stages without those that every plan has."""
    config = await panel.ask("config")
    assert config["v"] == 1
    assert config["version"] == MANIFEST["version"]
    assert config["profiles"]["quick"] == ["short_smart", "io_validate"]
    assert "custom" not in config["profiles"]
    assert {"kind": "surface_validate", "destructive": True} in config["stages"]
    assert {"kind": "long_smart", "destructive": False} in config["stages"]
    assert len(config["stages"]) == 5


async def test_plan(board: Board, panel: Panel) -> None:
    """Each drive is told its time and all that speaks against it; nothing starts."""
    ids = [panel_id(board, drive.identifier) for drive in (FREE, POOLED)]
    reply = await panel.ask("plan", drives=ids, profile="full")
    assert reply["stages"] == ["short_smart", "long_smart", "surface_validate"]
    free, pooled = reply["drives"]
    assert (free["id"], free["destructive"], free["refusals"]) == (ids[0], True, [])
    assert free["seconds"] == pytest.approx(FREE.size / 180e6 * 3, rel=0.01)
    assert pooled["refusals"] == [
        {
            "key": "drive_in_pool",
            "text": f"{POOLED.name} belongs to the pool tank",
        }
    ]
    assert board.changes() == []
    assert await board.history() == ()
    assert await board.data.ledger.audit(limit=9, offset=0) == ()


async def test_plan_tells_what_lies_on_the_drives(board: Board, panel: Panel) -> None:
    """It is part of what is confirmed; nobody is asked where nothing is written."""
    board.nas.put_on(
        FREE, ContentItem(place="partition 1", type="zfs_member", label="tank")
    )
    ids = [panel_id(board, drive.identifier) for drive in (FREE, OTHER, POOLED)]
    reply = await panel.ask("plan", drives=ids, profile="surface")
    assert [row["content"] for row in reply["drives"]] == [
        ["zfs_member tank (partition 1)"],
        [],
        None,
    ]
    board.nas.fail["content"] = AgentFailed("content", Why(code="drive_hangs"))
    reply = await panel.ask("plan", drives=ids[:1], profile="surface")
    assert reply["drives"][0]["content"] is None
    reply = await panel.ask("plan", drives=ids[:1], stages=["short_smart"])
    assert reply["drives"][0]["content"] is None


async def test_plan_of_a_drive_without_smart(board: Board, panel: Panel) -> None:
    """Only what writes to it makes sense; what is known of it is said before."""
    board.nas.reports[FREE.serial] = REPORT
    board.nas.logs[FREE.serial] = REPORT.self_tests
    drive = panel_id(board, FREE.identifier)
    reply = await panel.ask("plan", drives=[drive], profile="surface")
    assert (reply["drives"][0]["refusals"], reply["drives"][0]["warnings"]) == ([], [])
    await board.action("read_drive_health", device_id=board.device_id())
    reply = await panel.ask("plan", drives=[drive], profile="surface", language="de")
    assert reply["drives"][0]["warnings"] == [GERMAN]
    reply = await panel.ask("plan", drives=[drive], profile="smart")
    assert [item["key"] for item in reply["drives"][0]["refusals"]] == [
        "nothing_to_learn"
    ]
    error = await board.refused(
        "start_self_test", device_id=board.device_id(), type="short"
    )
    assert READ_ENGLISH in str(error)


async def test_a_start_confirms_what_the_plan_told(board: Board, panel: Panel) -> None:
    """A file system that somebody makes while the dialog is open is not lost."""
    board.nas.put_on(FREE, ContentItem(place="drive", type="ext4", label="old"))
    drive = panel_id(board, FREE.identifier)
    (row,) = (await panel.ask("plan", drives=[drive], profile="surface"))["drives"]
    start: dict[str, Any] = {
        "device_id": [board.device_id()],
        "profile": "surface",
        "confirm_serials": [FREE.serial],
        "confirm_content": {FREE.serial: row["content"]},
    }
    board.nas.put_on(FREE, ContentItem(place="drive", type="xfs", label="new"))
    error = await board.refused("start_burn_in", **start)
    assert "xfs new" in str(error)
    board.nas.put_on(FREE, ContentItem(place="drive", type="ext4", label="old"))
    await board.action("start_burn_in", **start)
    assert [item.drive.serial for item in await board.history()] == [FREE.serial]


ODD_SERIALS = ("S" * 65, 'WD "A" B', "WD\\1", "SÉRIE-1")


@pytest.mark.parametrize("language", ["en", "de"])
async def test_a_batch_with_odd_serials(
    board: Board, panel: Panel, language: str
) -> None:
    """What can be handed on is taken; what cannot is refused by name, and alone."""
    odd = [
        a_drive(number, serial=serial)
        for number, serial in enumerate((*ODD_SERIALS, "S" * 129), start=20)
    ]
    board.nas.add(*odd)
    await board.data.coordinator.async_refresh()
    await board.settle()
    bad = AgentFailed("content", Why(code="bad_request"))
    ask = board.nas.content

    async def content(drive: Drive) -> DriveContent:
        if len(drive.serial) > 128:
            raise bad
        return await ask(drive)

    board.nas.content = content  # type: ignore[method-assign]
    drives = [FREE, *odd]
    ids = [panel_id(board, drive.identifier) for drive in drives]
    reply = await panel.ask("plan", drives=ids, profile="surface", language=language)
    refused = {row["id"]: row["refusals"] for row in reply["drives"]}
    assert [refused[identifier] == [] for identifier in ids] == [*[True] * 5, False]
    (refusal,) = refused[ids[-1]]
    assert (
        refusal["text"]
        == {
            "en": "the serial number of ada24 can't be used safely: it is longer than 128"
            " characters or contains characters that can't be printed",
            "de": "die Seriennummer von ada24 lässt sich nicht sicher verwenden: sie ist"
            " länger als 128 Zeichen oder enthält nicht druckbare Zeichen",
        }[language]
    )
    started = await board.start(*drives[:-1], profile="surface")
    assert len(started) == 5


async def test_one_drive_that_cannot_be_asked(board: Board) -> None:
    """It is named, whatever it says; the others are not blamed."""
    board.nas.odd_logs[OTHER.serial] = InvalidResponse("smartctl: its report is odd")
    error = await board.refused(
        "start_burn_in",
        device_id=[board.device_id(), board.device_id(OTHER)],
        profile="surface",
        confirm_serials=[FREE.serial, OTHER.serial],
    )
    assert str(error).splitlines()[1:] == [
        "ada2 (SER002): the NAS rejected the request: smartctl: its report is odd"
    ]
    error = await board.refused(
        "start_self_test",
        device_id=[board.device_id(), board.device_id(OTHER)],
        type="short",
    )
    assert (
        "ada2 (SER002): the NAS rejected the request: smartctl: its report is odd"
        in str(error)
    )


async def test_plan_that_writes_nothing(board: Board, panel: Panel) -> None:
    """The gate lets self-tests through where it would not let a writer."""
    drive = panel_id(board, POOLED.identifier)
    reply = await panel.ask("plan", drives=[drive], stages=["short_smart"])
    assert reply["stages"] == ["short_smart"]
    (row,) = reply["drives"]
    assert (row["destructive"], row["refusals"]) == (False, [])


async def test_plan_of_a_busy_and_of_a_pulled_drive(board: Board, panel: Panel) -> None:
    """Both are refused; without a word about stages the plan is the full one."""
    board.nas.still = True
    await board.start(FREE, OTHER)
    del board.nas.drives[OTHER.identifier]
    await board.data.coordinator.async_refresh()
    ids = [panel_id(board, drive.identifier) for drive in (FREE, OTHER)]
    reply = await panel.ask("plan", drives=ids)
    keys = [[item["key"] for item in row["refusals"]] for row in reply["drives"]]
    assert keys == [["burn_in_active", "self_test_active"], ["drive_absent"]]
    assert reply["drives"][1]["seconds"] == 0


async def test_plan_refused(board: Board, panel: Panel) -> None:
    """Nonsense is told in words, and which drive nobody knows."""
    drive = panel_id(board, FREE.identifier)
    error = await panel.refused("plan", drives=[drive], stages=["dance"])
    assert error["code"] == "invalid_plan"
    assert error["message"].startswith(
        "The stage dance doesn't exist. Available stages:"
    )
    assert error["translation_key"] == "unknown_stage"
    error = await panel.refused("plan", drives=[drive], profile="custom")
    assert error["code"] == "invalid_plan"
    for unknown in (panel_id(board, "gone"), f"x:{FREE.identifier}", "x", ""):
        error = await panel.refused("plan", drives=[drive, unknown])
        assert error["code"] == "not_found"
    wrongs: tuple[dict[str, Any], ...] = (
        {"drives": []},
        {"drives": [drive], "profile": "best"},
        {"drives": [drive], "profile": "quick", "stages": ["short_smart"]},
    )
    for wrong in wrongs:
        assert (await panel.refused("plan", **wrong))["code"] == "invalid_format"


async def test_plan_while_the_nas_is_silent(board: Board, panel: Panel) -> None:
    """There is nothing to plan from."""
    board.nas.down = ConnectionFailed("no route")
    board.freezer.tick(const.IDLE_INTERVAL)
    drive = panel_id(board, FREE.identifier)
    error = await panel.refused("plan", drives=[drive])
    assert error["code"] == "home_assistant_error"
    assert error["message"] == "Failed to connect to the system: no route"
