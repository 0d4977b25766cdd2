"""The action that starts burn-ins: what it queues and what it refuses."""

from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.truenas.errors import (
    CallFailed,
    ConnectionFailed,
    OutcomeUnknown,
)

from ..burnin.fakes import a_drive
from ..common import FREE, OTHER, POOLED, REMOTE, Board

pytest_plugins = ["tests.components_fixtures"]

START = "start_burn_in"


@pytest.mark.parametrize(
    ("profile", "stages"),
    [
        ("smart", ["short_smart", "long_smart"]),
        ("surface", ["surface_validate"]),
        ("quick", ["short_smart", "io_validate"]),
        (None, ["short_smart", "long_smart", "surface_validate"]),
    ],
)
async def test_a_profile(board: Board, profile: str | None, stages: list[str]) -> None:
    """Its stages are queued between the checks; full if none is named."""
    data: dict[str, Any] = {} if profile is None else {"profile": profile}
    reply = await board.action(
        START,
        response=True,
        device_id=board.device_id(),
        confirm_serials=FREE.serial,
        **data,
    )
    (view,) = reply["burn_ins"]
    assert view["profile"] == (profile or "full")
    assert [stage["kind"] for stage in view["stages"]] == [
        "precheck",
        *stages,
        "final_check",
    ]
    assert (view["serial"], view["device_id"]) == (FREE.serial, board.device_id())
    assert view["config_entry_id"] == board.entry.entry_id
    assert [item.id for item in await board.history()] == [view["id"]]


@pytest.mark.parametrize("profile", [{}, {"profile": "custom"}])
async def test_own_stages(board: Board, profile: dict[str, Any]) -> None:
    """They run in the order given; without a response nothing is returned."""
    reply = await board.action(
        START,
        device_id=[board.device_id()],
        stages=["long_smart", "short_smart"],
        **profile,
    )
    assert reply is None
    kinds = [stage.kind for stage in board.burn_in().stages]
    assert kinds == ["precheck", "long_smart", "short_smart", "final_check"]


@pytest.mark.parametrize(
    ("data", "key", "words"),
    [
        ({"stages": ["short_smart", "short_smart"]}, "repeated_stage", "short_smart"),
        ({"stages": ["format_disk"]}, "unknown_stage", "format_disk"),
        ({"stages": []}, "no_stages", "at least one stage"),
        ({"stages": ["precheck"]}, "no_stages", "at least one stage"),
        ({"stages": ["long_smart", "precheck"]}, "misplaced_stage", "precheck"),
        ({"stages": ["final_check", "long_smart"]}, "misplaced_stage", "final_check"),
        ({"profile": "custom"}, "stages_required", "at least one stage"),
        (
            {"profile": "full", "stages": ["long_smart"]},
            "profile_and_stages",
            "not both",
        ),
    ],
)
async def test_bad_plans(
    board: Board, data: dict[str, Any], key: str, words: str
) -> None:
    """What no burn-in can be made of is refused in words."""
    error = await board.refused(START, device_id=board.device_id(), **data)
    assert error.translation_key == key
    assert words in str(error)


@pytest.mark.parametrize(
    "data", [{"profile": "everything"}, {"device_id": []}, {"force": True}]
)
async def test_bad_fields(board: Board, data: dict[str, Any]) -> None:
    """The schema refuses what it does not know."""
    with pytest.raises(vol.Invalid):
        await board.action(START, **{"device_id": board.device_id(), **data})
    assert not await board.history()


async def test_devices_that_are_not_ours(board: Board) -> None:
    """An unknown device, another integration's, and the NAS itself."""
    foreign = MockConfigEntry(domain="lamp")
    foreign.add_to_hass(board.hass)
    lamp = dr.async_get(board.hass).async_get_or_create(
        config_entry_id=foreign.entry_id, identifiers={("lamp", "1")}, name="Lamp"
    )
    error = await board.refused(START, device_id="nonsense", profile="smart")
    assert error.translation_key == "service_device_not_found"
    error = await board.refused(
        START, device_id=[board.device_id(), lamp.id], profile="smart"
    )
    assert error.translation_key == "service_device_wrong_domain"
    error = await board.refused(START, device_id=board.device_id(None), profile="smart")
    assert (error.translation_key, str(error)) == ("not_a_drive", "nas is not a drive")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pool": "tank", "unused": False}, "ada1 belongs to the pool tank"),
        ({"boot": True, "unused": False}, "ada1 is a boot drive"),
        ({"exported_pool": "old"}, "the exported pool old"),
        ({"unused": False}, "ada1 is in use"),
        ({"size": 0}, "ada1 reports no size"),
        ({"serial": ""}, "ada1 reports no serial number"),
    ],
)
async def test_drives_that_must_not_be_overwritten(
    board: Board, changes: dict[str, Any], words: str
) -> None:
    """Confirmed or not; the free drive beside it is left alone too."""
    board.nas.drives[FREE.identifier] = a_drive(1, **changes)
    board.nas.logs[""] = board.nas.logs[FREE.serial]
    await board.data.coordinator.async_refresh()
    error = await board.refused(
        START,
        device_id=[board.device_id(), board.device_id(OTHER)],
        confirm_serials=[FREE.serial, OTHER.serial, ""],
    )
    assert error.translation_key == "start_refused"
    assert words in str(error)
    assert OTHER.serial not in str(error)
    assert not board.data.runner.busy


async def test_two_drives_with_one_serial(board: Board) -> None:
    """Neither can be meant; both are named."""
    twin = a_drive(5, serial=FREE.serial, lunid=None, duplicate_serial=True)
    board.nas.add(twin)
    await board.data.coordinator.async_refresh()
    error = await board.refused(
        START,
        device_id=board.device_id(),
        profile="smart",
        confirm_serials=[FREE.serial],
    )
    assert "SER001 is reported by several drives: ada1, ada5" in str(error)


@pytest.mark.parametrize("confirmed", [[], [OTHER.serial], ["ser001"]])
async def test_unconfirmed(board: Board, confirmed: list[str]) -> None:
    """Only the exact serial of the drive itself confirms."""
    error = await board.refused(
        START, device_id=board.device_id(), confirm_serials=confirmed
    )
    assert "confirm with its serial number SER001" in str(error)


async def test_several_refusals(board: Board) -> None:
    """Each reason has a line of its own."""
    error = await board.refused(
        START, device_id=[board.device_id(), board.device_id(POOLED)]
    )
    assert len(str(error).splitlines()) == 4


async def test_a_busy_drive(board: Board) -> None:
    """A second start changes nothing about the first."""
    board.nas.still = True
    (first,) = await board.start()
    error = await board.refused(START, device_id=board.device_id(), profile="smart")
    assert "ada1 (SER001) already has a burn-in" in str(error)
    assert board.burn_in().id == first


async def test_a_running_self_test(board: Board) -> None:
    """It is not disturbed."""
    board.nas.still = True
    await board.press("long_self_test")
    error = await board.refused(START, device_id=board.device_id(), profile="smart")
    assert "ada1 (SER001) is running a self-test" in str(error)


async def test_an_absent_drive(board: Board) -> None:
    """It holds back the present one."""
    del board.nas.drives[FREE.identifier]
    await board.data.coordinator.async_refresh()
    error = await board.refused(
        START,
        device_id=[board.device_id(), board.device_id(OTHER)],
        profile="smart",
    )
    assert "the drive with serial SER001 is not connected" in str(error)


async def test_two_nas(board: Board, second: Board) -> None:
    """One call reaches drives of both; each device counts once."""
    reply = await board.action(
        START,
        response=True,
        device_id=[board.device_id(), second.device_id(REMOTE), board.device_id()],
        profile="smart",
    )
    await board.settle()
    views = reply["burn_ins"]
    assert [view["config_entry_id"] for view in views] == [
        board.entry.entry_id,
        second.entry.entry_id,
    ]
    assert board.nas.calls_of("start_self_test") == ["start_self_test SER001 short"]
    assert second.nas.calls_of("start_self_test") == ["start_self_test SER011 short"]


async def test_a_refusal_on_one_of_two_nas(board: Board, second: Board) -> None:
    """Nothing starts anywhere, whatever the reason."""
    devices = [board.device_id(), second.device_id(REMOTE)]
    error = await board.refused(START, device_id=devices, confirm_serials=[FREE.serial])
    assert "confirm with its serial number SER011" in str(error)
    second.nas.still = True
    await second.press("long_self_test", REMOTE)
    error = await board.refused(START, device_id=devices, profile="smart")
    assert "ada11 (SER011) is running a self-test" in str(error)
    assert not board.data.runner.busy


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (ConnectionFailed("no route"), "cannot_connect"),
        (CallFailed("smartctl", "no"), "nas_refused"),
        (OutcomeUnknown("lost"), "outcome_unknown"),
    ],
)
async def test_a_nas_in_trouble(board: Board, error: Exception, key: str) -> None:
    """The reason is told."""
    board.nas.fail["self_test_log"] = error  # type: ignore[assignment]
    told = await board.refused(START, device_id=board.device_id(), profile="smart")
    assert told.translation_key == key


async def test_a_nas_that_is_gone(board: Board) -> None:
    """A start needs a fresh look at the drives."""
    board.nas.down = ConnectionFailed("no route")
    await board.data.coordinator.async_refresh()
    error = await board.refused(START, device_id=board.device_id(), profile="smart")
    assert str(error) == "Failed to connect to the system: no route"


async def test_an_unexpected_poll_failure(board: Board) -> None:
    """Even then the person is told something."""
    board.data.coordinator.last_update_success = False
    board.data.coordinator.last_exception = RuntimeError("boom")
    board.nas.down = RuntimeError("boom")  # type: ignore[assignment]
    error = await board.refused(START, device_id=board.device_id(), profile="smart")
    assert error.translation_key == "poll_failed"


async def test_a_ledger_that_is_full(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be recorded is not started."""

    async def full(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("disk full")

    monkeypatch.setattr(type(board.data.ledger), "commit", full)
    error = await board.refused(START, device_id=board.device_id(), profile="smart")
    assert str(error) == "The burn-in records can't be used: disk full"
    assert not board.data.runner.busy


async def test_an_entry_that_is_not_set_up(board: Board) -> None:
    """The action stays, and says so."""
    device_id = board.device_id()
    await board.hass.config_entries.async_unload(board.entry.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await board.action(START, device_id=device_id, profile="smart")
    assert caught.value.translation_key == "service_config_entry_not_loaded"
