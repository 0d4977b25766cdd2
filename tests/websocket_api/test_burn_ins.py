"""One burn-in in full, and the pages of all."""

from unittest.mock import patch

from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger

from ..common import FREE, OTHER, REMOTE, Board
from .conftest import Panel

pytest_plugins = ["tests.components_fixtures"]


async def test_a_burn_in_under_way(board: Board, panel: Panel) -> None:
    """With its progress, which the ledger does not know."""
    board.nas.still = True
    (burn_in_id,) = await board.start()
    board.nas.still = False
    await board.tick()
    detail = (await panel.ask("burn_in", burn_in_id=burn_in_id))["burn_in"]
    assert detail["live"]
    assert (detail["state"], detail["stage"]) == ("running", "short_smart")
    assert detail["stage_percent"] == 50.0
    assert detail["entry_id"] == board.entry.entry_id
    assert detail["drive_id"] == f"{board.entry.entry_id}:{FREE.identifier}"
    assert (detail["nas"], detail["disk"]) == ("nas", FREE.name)
    told = {
        "identifier": FREE.identifier,
        "serial": FREE.serial,
        "lunid": FREE.lunid,
        "model": FREE.model,
        "size": FREE.size,
        "firmware": "82.00A82",
        "manufacturer": "Western Digital",
        "build": "",
        "asked_as": "",
    }
    assert told.items() <= detail.items()
    assert [stage["kind"] for stage in detail["stages"]] == [
        "precheck",
        "short_smart",
        "long_smart",
        "final_check",
    ]
    assert detail["events"][0]["event"] == "queued"
    assert detail["events"][0]["actor"] == "Home Assistant"
    assert [event["event"] for event in detail["events"]][-1] == "stage_running"


async def test_a_burn_in_that_failed(board: Board, panel: Panel) -> None:
    """With what broke, and what each range took before."""
    board.nas.bad = {FREE.serial}
    (burn_in_id,) = await board.start(profile="surface")
    await board.tick(5)
    detail = (await panel.ask("burn_in", burn_in_id=burn_in_id))["burn_in"]
    assert not detail["live"]
    assert (detail["state"], detail["stage"]) == ("failed", None)
    assert detail["destructive"]
    surface = next(s for s in detail["stages"] if s["kind"] == "surface_validate")
    assert surface["state"] == "failed"
    assert surface["errors"] == {
        "read": 0,
        "write": 7,
        "compare": 0,
        "kernel": 0,
    }
    assert surface["reason"] == detail["reason"]
    assert surface["reasons"] == detail["reasons"]
    assert [reason["key"] for reason in detail["reasons"]] == [
        "surface_errors",
        "bad_unwritable",
    ]
    told = detail["events"][-1]["detail"]["reasons"]
    assert told == detail["reasons"]
    assert detail["smart"]["rows"]
    assert detail["events"][-1]["event"] == "failed"


async def test_a_burn_in_nobody_knows(panel: Panel) -> None:
    """Whatever the id looks like."""
    for wrong in ("", "x", "' OR 1=1 --", "../../secrets"):
        error = await panel.refused("burn_in", burn_in_id=wrong)
        assert error["code"] == "not_found"


async def test_a_burn_in_of_a_nas_that_is_not_set_up(
    board: Board, panel: Panel
) -> None:
    """The record is there without it."""
    (burn_in_id,) = await board.start()
    await board.tick(9)
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    detail = (await panel.ask("burn_in", burn_in_id=burn_in_id))["burn_in"]
    assert (detail["state"], detail["live"]) == ("passed", False)
    assert (detail["nas"], detail["entry_id"], detail["drive_id"]) == (
        "nas",
        None,
        None,
    )
    assert (await panel.ask("history"))["total"] == 1
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    detail = (await panel.ask("burn_in", burn_in_id=burn_in_id))["burn_in"]
    assert detail["nas"] == board.nas.system.host_id


async def test_history(board: Board, second: Board, panel: Panel) -> None:
    """Newest first, by page, by NAS, by state and by part of a name."""
    await board.start(OTHER)
    await board.tick(9)
    second.nas.still = True
    await second.start(REMOTE)
    page = await panel.ask("history")
    assert page["total"] == 2
    newest, oldest = page["burn_ins"]
    assert (newest["serial"], newest["nas"], newest["state"]) == (
        REMOTE.serial,
        "nas2",
        "running",
    )
    assert (oldest["model"], oldest["size"], oldest["disk"], oldest["nas"]) == (
        OTHER.model,
        OTHER.size,
        OTHER.name,
        "nas",
    )
    for asked, serials in (
        ({"limit": 1, "offset": 1}, [OTHER.serial]),
        ({"entry_id": second.entry.entry_id}, [REMOTE.serial]),
        ({"state": "passed", "entry_id": None, "search": None}, [OTHER.serial]),
        ({"search": REMOTE.serial.lower()}, [REMOTE.serial]),
        ({"search": "%"}, []),
    ):
        page = await panel.ask("history", **asked)
        assert [row["serial"] for row in page["burn_ins"]] == serials, asked


async def test_history_shows_the_progress(board: Board, panel: Panel) -> None:
    """As the runner knows it, not as it was committed."""
    board.nas.still = True
    await board.start()
    board.nas.still = False
    await board.tick()
    (row,) = (await panel.ask("history"))["burn_ins"]
    assert row["stage_percent"] == 50.0
    (kept,) = await board.history()
    assert kept.stage is not None
    assert kept.stage.percent == 0.0


async def test_history_refused(board: Board, panel: Panel) -> None:
    """Wrong questions, a NAS nobody knows and a ledger that cannot be read."""
    for wrong in ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"state": "tired"}):
        assert (await panel.refused("history", **wrong))["code"] == "invalid_format"
    error = await panel.refused("history", entry_id="nonsense")
    assert error["message"] == "NAS nonsense not found"
    broken = LedgerError("disk I/O error")
    with patch.object(SqliteLedger, "history_page", side_effect=broken):
        error = await panel.refused("history")
    assert error["message"] == ("The burn-in records can't be used: disk I/O error")
    assert (await panel.ask("history"))["total"] == 0
