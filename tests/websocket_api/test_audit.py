"""The audit trail in the panel."""

from pathlib import Path

from ..common import FREE, OTHER, REMOTE, Board
from ..ledger.builders import alter
from ..ledger.test_audit import DISARM
from .conftest import Panel

pytest_plugins = ["tests.components_fixtures"]


async def test_audit(board: Board, second: Board, panel: Panel) -> None:
    """Newest first, by page and by NAS."""
    (burn_in_id,) = await board.start(FREE)
    await board.action(
        "start_self_test", device_id=board.device_id(OTHER), type="short"
    )
    second.nas.still = True
    await second.start(REMOTE)
    page = await panel.ask("audit", limit=500)
    assert page["total"] == len(page["rows"]) > 5
    rows = {(row["event"], row["serial"]): row for row in page["rows"]}
    queued = rows["queued", FREE.serial]
    assert (queued["burn_in_id"], queued["nas"]) == (burn_in_id, "nas")
    assert queued["actor"] == "Home Assistant"
    assert len(queued["hash"]) == 64
    asked = rows["self_test_requested", None]
    assert (asked["burn_in_id"], asked["detail"]["kind"]) == (None, "short")
    ids = [row["id"] for row in page["rows"]]
    assert ids == sorted(ids, reverse=True)
    page = await panel.ask("audit", limit=2, offset=1)
    assert [row["id"] for row in page["rows"]] == ids[1:3]
    page = await panel.ask("audit", entry_id=second.entry.entry_id)
    assert {row["nas"] for row in page["rows"]} == {"nas2"}
    assert page["total"] == len(page["rows"])


async def test_verify(board: Board, panel: Panel, ledger_folder: Path) -> None:
    """It holds until somebody changes a row behind our back."""
    await board.start(FREE)
    assert await panel.ask("audit/verify") == {"intact": True, "first_broken": None}
    path = ledger_folder / "truenas_burnin" / "ledger.db"
    alter(path, *DISARM, "UPDATE audit SET actor = 'Eve' WHERE id = 2")
    assert await panel.ask("audit/verify") == {"intact": False, "first_broken": 2}
