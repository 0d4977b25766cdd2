"""The actions that pause, resume, retry and write down; and the queries."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.truenas_burnin.burnin.model import BurnInState, PauseReason
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.ledger import DriveInfo, SqliteLedger
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed

from ..common import FREE, OTHER, POOLED, REMOTE, Board

pytest_plugins = ["tests.components_fixtures"]


async def test_pause_and_resume(board: Board) -> None:
    """It is asked for at once, and taken back; twice is refused."""
    board.nas.still = True
    await board.start()
    await board.action("pause_burn_in", device_id=board.device_id())
    assert board.burn_in().pause_reason is PauseReason.PERSON
    state = board.state("sensor", "burn_in")
    assert state.attributes["pause_reason"] == "person"
    error = await board.refused("pause_burn_in", device_id=board.device_id())
    assert str(error) == (
        "Some burn-ins couldn't be paused:\n"
        "the burn-in of ada1 (SER001) can't be paused now"
    )
    await board.action("resume_burn_in", device_id=board.device_id())
    assert board.burn_in().pause_reason is None
    error = await board.refused("resume_burn_in", device_id=board.device_id())
    assert "wasn't paused manually" in str(error)


@pytest.mark.parametrize("action", ["pause_burn_in", "resume_burn_in"])
async def test_nothing_to_steer(board: Board, action: str) -> None:
    """One drive without burn-in holds back all."""
    board.nas.still = True
    await board.start()
    devices = [board.device_id(), board.device_id(OTHER)]
    error = await board.refused(action, device_id=devices)
    assert "ada2 (SER002) has no burn-in queued or in progress" in str(error)
    assert board.burn_in().pause_reason is None


async def test_a_pause_that_cannot_be_kept(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is told."""
    board.nas.still = True
    await board.start()

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(SqliteLedger, "commit", broken)
        error = await board.refused("pause_burn_in", device_id=board.device_id())
    assert error.translation_key == "ledger_unwritable"


async def test_retry(board: Board) -> None:
    """Another burn-in, from the stage that failed, confirmed anew."""
    board.nas.bad.add(FREE.serial)
    (burn_in_id,) = await board.start(profile="surface")
    await board.tick(times=4)
    assert board.burn_in().state is BurnInState.FAILED
    board.nas.bad.clear()
    error = await board.refused("retry_burn_in", device_id=board.device_id())
    assert str(error) == (
        "No burn-in was retried:\n"
        "ada1 would be overwritten: confirm with its serial number SER001"
    )
    reply = await board.action(
        "retry_burn_in",
        response=True,
        device_id=board.device_id(),
        confirm_serials=FREE.serial,
    )
    (view,) = reply["burn_ins"]
    assert (view["id"] != burn_in_id, view["retry_of"]) == (True, burn_in_id)
    await board.tick(times=8)
    assert board.burn_in().state is BurnInState.PASSED
    failed = await board.data.ledger.get(burn_in_id)
    assert failed is not None
    assert failed.state is BurnInState.FAILED


async def test_retry_refused(board: Board, second: Board) -> None:
    """Drives without such a burn-in, a drive that is gone, and none of the others."""
    error = await board.refused("retry_burn_in", device_id=board.device_id())
    assert "ada1 (SER001) has no burn-in that failed" in str(error)
    for each, drive in ((board, FREE), (board, OTHER), (second, REMOTE)):
        await each.start(drive)
        await each.action("cancel_burn_in", device_id=each.device_id(drive))
    del second.nas.drives[REMOTE.identifier]
    await second.data.coordinator.async_refresh()
    devices = [board.device_id(), second.device_id(REMOTE)]
    error = await board.refused("retry_burn_in", device_id=devices)
    assert "the drive with serial SER011 is not connected" in str(error)
    assert board.burn_in().state is BurnInState.CANCELLED
    second.nas.add(REMOTE)
    board.freezer.tick(30)
    second.nas.down = ConnectionFailed("no route")
    error = await board.refused("retry_burn_in", device_id=devices)
    assert "no route" in str(error)
    assert board.burn_in().state is BurnInState.CANCELLED


async def test_drive_info(board: Board) -> None:
    """What is left out stays; a pulled drive can be written about too."""
    devices = [board.device_id(), board.device_id(OTHER)]
    await board.action("set_drive_info", device_id=devices, location=" Shelf 1 ")
    await board.action("set_drive_info", device_id=board.device_id(), notes="used")
    assert board.data.infos.get(FREE.identifier) == DriveInfo(
        location="Shelf 1", notes="used"
    )
    assert board.data.infos.get(OTHER.identifier).location == "Shelf 1"
    assert board.state("text", "notes").state == "used"
    del board.nas.drives[OTHER.identifier]
    await board.data.coordinator.async_refresh()
    await board.action("set_drive_info", device_id=board.device_id(OTHER), location="")
    assert board.data.infos.get(OTHER.identifier) == DriveInfo()
    error = await board.refused("set_drive_info", device_id=board.device_id())
    assert str(error) == "Enter a location or notes"
    with pytest.raises(vol.Invalid):
        await board.action("set_drive_info", device_id=devices, notes="x" * 256)


async def test_the_operator_may_be_named(
    board: Board, hass_admin_user: MockUser
) -> None:
    """A name goes before that of the user, never in place of it."""
    context = Context(user_id=hass_admin_user.id)

    async def start(drive: Any, operator: str) -> None:
        await board.hass.services.async_call(
            DOMAIN,
            "start_burn_in",
            {
                "device_id": board.device_id(drive),
                "profile": "smart",
                "operator": operator,
            },
            blocking=True,
            context=context,
        )

    await start(FREE, " Bob ")
    assert board.burn_in().operator == f"Bob ({hass_admin_user.name})"
    await start(OTHER, str(hass_admin_user.name))
    assert board.burn_in(OTHER).operator == hass_admin_user.name
    with pytest.raises(vol.Invalid):
        await start(POOLED, "  ")


async def test_stages_from_the_action_form(board: Board) -> None:
    """The form gives each stage as an object; plain names do as well."""
    board.nas.still = True
    await board.action(
        "start_burn_in",
        device_id=board.device_id(),
        stages=[{"stage": "long_smart"}, "short_smart"],
    )
    kinds = [str(stage.kind) for stage in board.burn_in().stages]
    assert kinds == ["precheck", "long_smart", "short_smart", "final_check"]
    for wrong in ([{"step": "long_smart"}], [["long_smart"]], [None]):
        with pytest.raises(vol.Invalid):
            await board.action(
                "start_burn_in", device_id=board.device_id(OTHER), stages=wrong
            )


async def test_one_burn_in(board: Board) -> None:
    """Everything known of it, with the progress of this moment."""
    (burn_in_id,) = await board.start(profile="surface")
    await board.tick()
    reply = await board.action("get_burn_in", response=True, burn_in_id=burn_in_id)
    found = reply["burn_in"]
    assert (found["id"], found["percent"]) == (burn_in_id, board.burn_in().percent)
    assert found["device_id"] == board.device_id()
    assert found["serial"] == FREE.serial
    error = await board.refused("get_burn_in", response=True, burn_in_id="nonsense")
    assert str(error) == "Burn-in nonsense not found"


async def test_queries_outlive_their_nas(board: Board) -> None:
    """The history stays when the NAS is removed."""
    (burn_in_id,) = await board.start()
    await board.tick(times=8)
    await board.hass.config_entries.async_remove(board.entry.entry_id)
    await board.settle()
    reply = await board.action("get_burn_in", response=True, burn_in_id=burn_in_id)
    assert reply["burn_in"]["state"] == "passed"
    assert reply["burn_in"]["config_entry_id"] is None
    reply = await board.action("get_burn_ins", response=True)
    assert [item["id"] for item in reply["burn_ins"]] == [burn_in_id]


async def test_statistics_and_audit(board: Board, second: Board) -> None:
    """Of one NAS, or of all."""
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=5)
    entry_id = second.entry.entry_id
    reply = await board.action("get_statistics", response=True)
    assert (reply["total"], reply["failed"]) == (1, 1)
    reply = await board.action(
        "get_statistics", response=True, config_entry_id=entry_id
    )
    assert reply["total"] == 0
    reply = await board.action("get_audit_log", response=True, limit=1)
    (row,) = reply["rows"]
    assert (row["event"], row["nas"], row["serial"]) == ("failed", "nas", "SER001")
    assert reply["total"] > 1
    reply = await board.action("get_audit_log", response=True, limit=1, offset=1)
    assert reply["rows"][0]["id"] == row["id"] - 1
    reply = await board.action("get_audit_log", response=True, config_entry_id=entry_id)
    assert reply == {"total": 0, "rows": []}


ADMIN = {
    "export_history": (True, {}),
    "get_audit_log": (True, {}),
    "pause_burn_in": (False, {"device_id": "x"}),
    "read_drive_health": (True, {}),
    "resume_burn_in": (False, {"device_id": "x"}),
    "retry_burn_in": (False, {"device_id": "x"}),
    "set_drive_info": (False, {"device_id": "x", "notes": "x"}),
    "send_daily_report": (False, {}),
    "test_notification": (False, {}),
}


@pytest.mark.parametrize("action", ADMIN)
async def test_only_admins(
    board: Board, hass_read_only_user: MockUser, hass_admin_user: MockUser, action: str
) -> None:
    """Others are not let in."""
    response, data = ADMIN[action]
    with pytest.raises(Unauthorized):
        await board.hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            return_response=response,
            context=Context(user_id=hass_read_only_user.id),
        )


@pytest.mark.parametrize("action", ["get_burn_ins", "get_statistics"])
async def test_everybody_may_look(
    board: Board, hass_read_only_user: MockUser, action: str
) -> None:
    """These change nothing and name no user."""
    assert await board.hass.services.async_call(
        DOMAIN,
        action,
        {},
        blocking=True,
        return_response=True,
        context=Context(user_id=hass_read_only_user.id),
    )
