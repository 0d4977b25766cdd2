"""The actions that cancel, test and list."""

from datetime import timedelta
from typing import Any

from homeassistant.core import Context
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN
from custom_components.truenas_burnin.truenas.errors import (
    CallFailed,
    ConnectionFailed,
    OutcomeUnknown,
)

from ..burnin.fakes import a_drive
from ..common import FREE, OTHER, REMOTE, Board

pytest_plugins = ["tests.components_fixtures"]


async def test_cancel(board: Board) -> None:
    """The drives named, and no other."""
    board.nas.still = True
    await board.start(FREE, OTHER)
    await board.action("cancel_burn_in", device_id=board.device_id())
    assert board.burn_in().state is BurnInState.CANCELLED
    assert board.burn_in(OTHER).state is BurnInState.RUNNING


async def test_cancel_refused(board: Board) -> None:
    """One drive without burn-in holds back all."""
    board.nas.still = True
    await board.start()
    devices = [board.device_id(), board.device_id(OTHER)]
    error = await board.refused("cancel_burn_in", device_id=devices)
    assert str(error) == (
        "No burn-in was canceled:\nada2 (SER002) has no burn-in queued or in progress"
    )
    assert board.burn_in().state is BurnInState.RUNNING


async def test_cancel_a_burn_in_of_a_pulled_drive(board: Board) -> None:
    """Its record can be ended without it."""
    board.nas.still = True
    await board.start()
    del board.nas.drives[FREE.identifier]
    await board.data.coordinator.async_refresh()
    await board.action("cancel_burn_in", device_id=board.device_id())
    assert board.burn_in().state is BurnInState.CANCELLED


async def test_cancel_all(board: Board, second: Board) -> None:
    """On one NAS, then on all; nothing to cancel is fine."""
    board.nas.still = second.nas.still = True
    await board.start()
    await second.start(REMOTE)
    await board.action("cancel_all_burn_ins", config_entry_id=second.entry.entry_id)
    assert second.burn_in(REMOTE).state is BurnInState.CANCELLED
    assert board.burn_in().state is BurnInState.RUNNING
    await board.action("cancel_all_burn_ins")
    assert board.burn_in().state is BurnInState.CANCELLED
    await board.action("cancel_all_burn_ins")


async def test_cancel_all_with_one_nas_gone(board: Board, second: Board) -> None:
    """The others are cancelled all the same, and the one when its NAS is back."""
    board.nas.still = second.nas.still = True
    await board.start()
    await second.start(REMOTE)
    second.nas.down = ConnectionFailed("no route")
    await board.action("cancel_all_burn_ins")
    assert board.burn_in().state is BurnInState.CANCELLED
    assert second.burn_in(REMOTE).state is BurnInState.CANCELLING
    second.nas.down = None
    await second.tick(times=2)
    assert second.burn_in(REMOTE).state is BurnInState.CANCELLED


async def board_error(board: Board, action: str, **data: Any) -> str:
    """Return what an action that fails half-way says."""
    with pytest.raises(Exception, match=r".") as caught:
        await board.action(action, **data)
    return str(caught.value)


async def test_entries_that_are_not_ours(board: Board) -> None:
    """Neither nonsense nor another integration's."""
    foreign = MockConfigEntry(domain="lamp")
    foreign.add_to_hass(board.hass)
    for entry_id, key in (
        ("nonsense", "service_config_entry_not_found"),
        (foreign.entry_id, "service_config_entry_wrong_domain"),
    ):
        error = await board.refused("cancel_all_burn_ins", config_entry_id=entry_id)
        assert error.translation_key == key
        for query in ("get_audit_log", "get_burn_ins", "get_statistics"):
            error = await board.refused(query, response=True, config_entry_id=entry_id)
            assert error.translation_key == "unknown_system"


@pytest.mark.parametrize("kind", ["short", "long", "conveyance"])
async def test_self_test(board: Board, kind: str) -> None:
    """It is started on each drive, and recorded first."""
    devices = [board.device_id(), board.device_id(OTHER)]
    await board.action("start_self_test", device_id=devices, type=kind)
    # They run side by side, so in any order.
    assert sorted(board.changes()) == [
        f"start_self_test SER001 {kind}",
        f"start_self_test SER002 {kind}",
    ]
    rows = await board.data.ledger.audit(limit=10, offset=0)
    assert [row.event for row in rows] == ["self_test_requested"] * 2


async def test_self_test_refused(board: Board) -> None:
    """A running one, a burn-in, an absent drive and nonsense."""
    board.nas.still = True
    await board.action("start_self_test", device_id=board.device_id(), type="long")
    devices = [board.device_id(), board.device_id(OTHER)]
    error = await board.refused("start_self_test", device_id=devices, type="short")
    assert str(error) == (
        "No self-test was started:\nada1 (SER001) is running a self-test: wait"
        " until it has ended, or cancel it"
    )
    await board.start(OTHER)
    error = await board.refused(
        "start_self_test", device_id=board.device_id(OTHER), type="short"
    )
    assert "ada2 (SER002) already has a burn-in" in str(error)
    del board.nas.drives[FREE.identifier]
    await board.data.coordinator.async_refresh()
    for action, data in (("start_self_test", {"type": "short"}), CANCEL_TEST):
        error = await board.refused(action, device_id=board.device_id(), **data)
        assert "SER001 is not connected" in str(error)
    with pytest.raises(vol.Invalid):
        await board.action("start_self_test", device_id=devices, type="odd")


CANCEL_TEST: tuple[str, dict[str, str]] = ("cancel_self_test", {})


@pytest.mark.parametrize(
    "error", [OutcomeUnknown("the reply was lost"), CallFailed("smartctl", "no")]
)
async def test_self_test_fails(board: Board, error: OutcomeUnknown) -> None:
    """Each drive's failure is told; it is asked once only."""
    board.nas.fail["start_self_test"] = error
    devices = [board.device_id(), board.device_id(OTHER)]
    told = await board_error(board, "start_self_test", device_id=devices, type="short")
    assert told == (
        f"Some self-tests couldn't be started:\nada1: {error}\nada2: {error}"
    )
    assert len(board.changes()) == 2


async def test_self_test_of_an_unreadable_drive(board: Board) -> None:
    """Without its log nothing is started or cancelled."""
    board.nas.fail["self_test_log"] = CallFailed("smartctl", "no")
    for action, data in (("start_self_test", {"type": "short"}), CANCEL_TEST):
        error = await board.refused(action, device_id=board.device_id(), **data)
        assert str(error) == "The system rejected the request: smartctl: no"


async def test_cancel_self_test(board: Board) -> None:
    """It is aborted; without one, or as a stage, it is not."""
    board.nas.still = True
    error = await board.refused("cancel_self_test", device_id=board.device_id())
    assert "ada1 (SER001) isn't running a self-test" in str(error)
    await board.action("start_self_test", device_id=board.device_id(), type="long")
    board.nas.fail["abort_self_test"] = OutcomeUnknown("lost")
    told = await board_error(board, "cancel_self_test", device_id=board.device_id())
    assert told == "Some self-tests couldn't be canceled:\nada1: lost"
    del board.nas.fail["abort_self_test"]
    await board.action("cancel_self_test", device_id=board.device_id())
    await board.start()
    error = await board.refused("cancel_self_test", device_id=board.device_id())
    assert "cancel the burn-in instead" in str(error)


async def listed(board: Board, **data: Any) -> list[dict[str, Any]]:
    """Return the burn-ins that the action finds."""
    reply = await board.action("get_burn_ins", response=True, **data)
    found: list[dict[str, Any]] = reply["burn_ins"]
    return found


async def test_listing(board: Board, second: Board) -> None:
    """Past and present, newest first, by NAS, drive, state and number."""
    board.nas.bad.add(FREE.serial)
    (failed,) = await board.start(profile="surface")
    await board.tick(times=4)
    board.nas.still = second.nas.still = True
    (running,) = await board.start()
    await board.tick()
    (remote,) = await second.start(REMOTE)

    async def ids(**data: Any) -> list[str]:
        return [view["id"] for view in await listed(board, **data)]

    assert await ids() == [remote, running, failed]
    assert await ids(config_entry_id=board.entry.entry_id) == [running, failed]
    assert await ids(device_id=second.device_id(REMOTE)) == [remote]
    assert await ids(device_id=board.device_id(OTHER)) == []
    assert await ids(state="failed") == [failed]
    assert await ids(limit=1) == [remote]
    assert await ids(limit=2, state="running") == [remote, running]


async def test_drives_of_two_nas_are_listed_in_the_order_of_the_record(
    board: Board, second: Board
) -> None:
    """Whatever the clock was set to when they were queued."""
    board.nas.still = second.nas.still = True
    (first,) = await board.start()
    board.freezer.tick(timedelta(days=-30))
    (last,) = await second.start(REMOTE)
    both = [board.device_id(), second.device_id(REMOTE)]
    found = await listed(board, device_id=both)
    assert [view["id"] for view in found] == [last, first]
    (newest,) = await listed(board, device_id=both, limit=1)
    assert newest["id"] == last


async def test_a_listed_burn_in(board: Board) -> None:
    """It says what happened, with the progress of this moment."""
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick()
    (view,) = await listed(board)
    assert view["state"] == "running"
    assert view["percent"] == board.burn_in().percent
    assert view["stages"][1]["started"] is not None
    await board.tick(times=3)
    (view,) = await listed(board, device_id=board.device_id())
    assert (view["state"], view["stage"]) == ("failed", None)
    assert "7 write" in view["reason"]
    assert [stage["state"] for stage in view["stages"]] == [
        "passed",
        "failed",
        "skipped",
    ]


async def test_a_deleted_device_keeps_its_burn_ins(board: Board) -> None:
    """They are listed without a device."""
    await board.start()
    await board.action("cancel_all_burn_ins")
    del board.nas.drives[FREE.identifier]
    await board.data.coordinator.async_refresh()
    dr.async_get(board.hass).async_remove_device(board.device_id())
    await board.settle()
    (view,) = await listed(board)
    assert view["device_id"] is None


async def test_two_drives_with_one_serial_are_listed_once(board: Board) -> None:
    """A burn-in is not told twice; a drive without serial has none."""
    (burn_in_id,) = await board.start()
    twin = a_drive(5, serial=FREE.serial, duplicate_serial=True)
    nameless = a_drive(6, serial="")
    board.nas.add(twin, nameless)
    await board.data.coordinator.async_refresh()
    await board.settle()
    devices = [board.device_id(drive) for drive in (FREE, twin, nameless)]
    found = await listed(board, device_id=devices)
    assert [view["id"] for view in found] == [burn_in_id]
    assert await listed(board, device_id=board.device_id(nameless)) == []


@pytest.mark.parametrize(
    "data", [{"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"state": "odd"}]
)
async def test_bad_filters(board: Board, data: dict[str, Any]) -> None:
    """The schema refuses them."""
    with pytest.raises(vol.Invalid):
        await listed(board, **data)


async def test_listing_from_a_broken_ledger(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is told."""

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("broken")

    monkeypatch.setattr(type(board.data.ledger), "history", broken)
    told = await board_error(board, "get_burn_ins", response=True)
    assert told == "The burn-in records can't be used: broken"


async def test_listing_needs_no_admin(
    board: Board, hass_read_only_user: MockUser
) -> None:
    """To look is allowed."""
    reply = await board.hass.services.async_call(
        DOMAIN,
        "get_burn_ins",
        {},
        blocking=True,
        return_response=True,
        context=Context(user_id=hass_read_only_user.id),
    )
    assert reply == {"burn_ins": []}
