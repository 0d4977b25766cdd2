"""What the entities show, when they write it, and what buttons do."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    Context,
    Event,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_capture_events,
    mock_restore_cache,
)

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.const import ARMED_FOR, IDLE_INTERVAL
from custom_components.truenas_burnin.truenas.errors import (
    AuthenticationFailed,
    CallFailed,
    ConnectionFailed,
)

from .burnin.fakes import a_drive
from .common import FREE, OTHER, POOLED, Board

pytest_plugins = ["tests.components_fixtures"]


def changed(events: list[Event[dict[str, Any]]]) -> set[str]:
    """Return the entities whose state changed."""
    return {event.data["entity_id"] for event in events}


async def test_a_drive_at_rest(board: Board) -> None:
    """Nothing is claimed that is not known."""
    assert board.state("sensor", "burn_in").state == "not_run"
    assert board.state("sensor", "burn_in").attributes["disk"] == "ada1"
    assert board.state("sensor", "progress").state == STATE_UNKNOWN
    assert board.state("sensor", "stage").state == STATE_UNKNOWN
    assert board.state("sensor", "finish_time").state == STATE_UNKNOWN
    assert board.state("sensor", "temperature").state == "35.0"
    assert board.state("select", "profile").state == "full"
    assert board.state("switch", "armed").state == STATE_OFF


async def test_a_burn_in_from_start_to_pass(board: Board) -> None:
    """The sensors follow the stages to the verdict."""
    await board.choose("thorough")
    await board.switch("turn_on")
    await board.press("start_burn_in")
    await board.settle()
    assert board.state("sensor", "burn_in").state == "running"
    assert board.state("sensor", "stage").state == "short_smart"
    attributes = board.state("sensor", "burn_in").attributes
    assert attributes["profile"] == "thorough"
    assert attributes["operator"] == "Home Assistant"
    assert attributes["burn_in_id"] == board.burn_in().id
    assert board.state("switch", "armed").state == STATE_OFF
    seen: list[str] = []
    percents: list[float] = []
    for _ in range(20):
        await board.tick()
        if (stage := board.state("sensor", "stage").state) not in seen:
            seen.append(stage)
        percents.append(float(board.state("sensor", "progress").state))
        if board.burn_in().state.final:
            break
        assert board.state("sensor", "finish_time").state != STATE_UNKNOWN
    assert board.state("sensor", "burn_in").state == "passed"
    assert board.state("sensor", "progress").state == "100.0"
    assert board.state("sensor", "stage").state == STATE_UNKNOWN
    assert board.state("sensor", "finish_time").state == STATE_UNKNOWN
    assert {"conveyance_smart", "long_smart", "surface_validate"} <= set(seen)
    assert percents == sorted(percents)


async def test_a_drive_that_fails(board: Board) -> None:
    """The verdict says what broke and where."""
    board.nas.bad.add(FREE.serial)
    await board.start(profile="surface")
    await board.tick(times=4)
    state = board.state("sensor", "burn_in")
    assert state.state == "failed"
    assert "7 write" in state.attributes["reason"]
    assert "30 %" in state.attributes["reason"]


async def test_only_what_changed_is_written(board: Board) -> None:
    """A poll that shows one warmer drive writes one state, an equal one none."""
    events = async_capture_events(board.hass, "state_changed")
    reports: list[Event[EventStateReportedData]] = []
    board.hass.bus.async_listen(
        EVENT_STATE_REPORTED,
        callback(lambda event: reports.append(event)),  # noqa: PLW0108
        event_filter=callback(lambda _: True),
    )
    await board.tick(after=IDLE_INTERVAL)
    assert changed(events) == set()
    board.nas.drives[FREE.identifier] = a_drive(1, temperature=41.0)
    await board.tick(after=IDLE_INTERVAL)
    assert changed(events) == {board.entity_id("sensor", "temperature")}
    assert reports == []


@pytest.mark.as_shipped
async def test_one_burn_in_writes_no_other_drive(board: Board) -> None:
    """What happens to a drive is written for that drive only."""
    events = async_capture_events(board.hass, "state_changed")
    await board.start()
    await board.tick()
    assert changed(events) == {
        *(board.entity_id("sensor", key) for key in ("burn_in", "progress", "stage")),
        board.entity_id("event", "burn_in"),
        *(board.entity_id("sensor", key, None) for key in ("queued", "running")),
        *(board.entity_id("button", f"{key}_burn_in") for key in ("start", "cancel")),
        board.entity_id("event", "burn_in_event", None),
    }


async def test_pulled_and_put_back(board: Board) -> None:
    """A pulled drive is unavailable, not deleted; a new one just appears."""
    newcomer = a_drive(9)
    del board.nas.drives[FREE.identifier]
    board.nas.add(newcomer)
    await board.tick(after=IDLE_INTERVAL)
    assert board.state("sensor", "burn_in").state == STATE_UNAVAILABLE
    assert board.state("sensor", "burn_in", newcomer).state == "not_run"
    assert board.state("button", "start_burn_in", newcomer).state == STATE_UNKNOWN
    assert board.state("sensor", "burn_in", OTHER).state == "not_run"
    board.nas.add(FREE)
    await board.tick(after=IDLE_INTERVAL)
    assert board.state("sensor", "burn_in").state == "not_run"


async def test_contact_lost(board: Board) -> None:
    """What only the NAS knows is unavailable until it answers again."""
    board.nas.still = True
    await board.start()
    board.nas.down = ConnectionFailed("gone")
    await board.tick(after=IDLE_INTERVAL)
    for key in ("burn_in", "progress", "temperature"):
        assert board.state("sensor", key).state == STATE_UNAVAILABLE
    assert board.state("button", "cancel_all", None).state == STATE_UNAVAILABLE
    board.nas.down = None
    await board.tick(after=IDLE_INTERVAL)
    assert board.state("sensor", "burn_in").state == "running"


async def test_an_outage_takes_nothing_away_that_is_kept_here(board: Board) -> None:
    """And its end writes nothing of a drive that nothing happened to."""
    await board.start()
    await board.tick(9)
    await board.write("notes", "from the second shelf")
    await board.switch("turn_on", OTHER)
    changed = async_capture_events(board.hass, EVENT_STATE_CHANGED)
    board.nas.down = ConnectionFailed("gone")
    await board.tick(after=IDLE_INTERVAL)
    assert board.state("sensor", "burn_in").state == "passed"
    assert board.state("sensor", "last_result").state == "passed"
    assert board.state("text", "notes").state == "from the second shelf"
    assert board.state("switch", "armed", OTHER).state == STATE_ON
    board.nas.down = None
    await board.tick(after=IDLE_INTERVAL)
    ours = {event.data["entity_id"] for event in changed}
    of_drives = {
        board.entity_id("sensor", "temperature", drive)
        for drive in (FREE, OTHER, POOLED)
    }
    of_nas = {
        entry.entity_id
        for entry in er.async_entries_for_device(
            er.async_get(board.hass), board.device_id(None)
        )
    }
    assert ours - of_nas == of_drives


async def test_a_key_that_is_revoked(board: Board) -> None:
    """A new one is asked for."""
    board.nas.down = AuthenticationFailed("revoked")
    await board.tick(after=IDLE_INTERVAL)
    (flow,) = board.hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"


async def test_update_entity(board: Board) -> None:
    """A person can ask for a poll."""
    assert await async_setup_component(board.hass, "homeassistant", {})
    board.nas.drives[FREE.identifier] = a_drive(1, temperature=50.0)
    await board.hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": board.entity_id("sensor", "temperature")},
        blocking=True,
    )
    await board.settle()
    assert board.state("sensor", "temperature").state == "50.0"


async def test_an_unarmed_press_destroys_nothing(board: Board) -> None:
    """The refusal says what to confirm."""
    with pytest.raises(ServiceValidationError) as caught:
        await board.press("start_burn_in")
    assert caught.value.translation_key == "start_refused"
    assert str(caught.value) == (
        "No burn-in was started:\n"
        "ada1 (SER001) would be overwritten: switch on Armed for overwriting first"
    )
    assert not board.data.runner.busy


async def test_a_nas_is_called_as_its_entry(board: Board) -> None:
    """Several are called just truenas: a person tells them apart by the title."""
    board.hass.config_entries.async_update_entry(board.entry, title="Cellar")
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    device = dr.async_get(board.hass).async_get(board.device_id(None))
    assert device is not None
    assert device.name == "Cellar"


async def test_a_drive_in_a_pool_cannot_be_armed_or_started(board: Board) -> None:
    """The device page offers neither, and says what the drive is used for."""
    assert board.state("switch", "armed", POOLED).state == STATE_UNAVAILABLE
    assert board.state("button", "start_burn_in", POOLED).state == STATE_UNAVAILABLE
    await board.choose("smart", POOLED)
    assert board.state("button", "start_burn_in", POOLED).state == STATE_UNKNOWN
    use = board.state("sensor", "use", POOLED)
    assert (use.state, use.attributes["pool"]) == ("pool", "tank")
    switch = board.hass.data["entity_components"]["switch"].get_entity(
        board.entity_id("switch", "armed", POOLED)
    )
    with pytest.raises(ServiceValidationError, match="ada3 belongs to the pool tank"):
        await switch.async_turn_on()


async def test_start_and_cancel_are_there_when_they_do_something(board: Board) -> None:
    """One before, the other during a burn-in."""
    assert board.state("button", "start_burn_in").state == STATE_UNKNOWN
    assert board.state("button", "cancel_burn_in").state == STATE_UNAVAILABLE
    await board.start()
    assert board.state("button", "start_burn_in").state == STATE_UNAVAILABLE
    assert board.state("button", "cancel_burn_in").state == STATE_UNKNOWN


async def test_arming_one_drive_arms_no_other(board: Board) -> None:
    """Exactly this drive."""
    await board.switch("turn_on", OTHER)
    with pytest.raises(ServiceValidationError):
        await board.press("start_burn_in", FREE)


async def test_arming_ends_by_itself(board: Board) -> None:
    """After ten minutes, counted from the last time it was switched on."""
    await board.switch("turn_on")
    assert board.state("switch", "armed").state == STATE_ON
    await board.tick(after=ARMED_FOR - timedelta(minutes=1))
    await board.switch("turn_on")
    await board.tick(after=ARMED_FOR - timedelta(minutes=1))
    assert board.state("switch", "armed").state == STATE_ON
    await board.tick(after=timedelta(minutes=1))
    assert board.state("switch", "armed").state == STATE_OFF
    await board.switch("turn_off")
    assert board.state("switch", "armed").state == STATE_OFF


async def test_arming_ends_by_hand_and_with_a_reload(board: Board) -> None:
    """It is never restored."""
    await board.switch("turn_on")
    await board.switch("turn_off")
    assert board.state("switch", "armed").state == STATE_OFF
    await board.switch("turn_on")
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.state("switch", "armed").state == STATE_OFF


async def test_another_drive_in_the_same_place_is_not_armed(board: Board) -> None:
    """The serial counts, not the identifier."""
    await board.switch("turn_on")
    swapped = a_drive(1, serial="SER999")
    board.nas.drives[FREE.identifier] = swapped
    board.nas.logs["SER999"] = board.nas.logs[FREE.serial]
    await board.tick(after=IDLE_INTERVAL)
    assert board.state("switch", "armed").state == STATE_OFF
    with pytest.raises(ServiceValidationError, match="SER999"):
        await board.press("start_burn_in")


async def test_cancel(board: Board) -> None:
    """The button ends the burn-in; without one it says so."""
    await board.start()
    await board.press("cancel_burn_in")
    await board.settle()
    assert board.state("sensor", "burn_in").state == "cancelled"
    assert board.nas.calls_of("abort_self_test") == ["abort_self_test SER001"]
    button = board.hass.data["entity_components"]["button"].get_entity(
        board.entity_id("button", "cancel_burn_in")
    )
    with pytest.raises(ServiceValidationError, match=r"ada1 \(SER001\) has no burn-in"):
        await button.async_press()


async def test_cancel_all(board: Board) -> None:
    """What is queued never starts, what runs is stopped."""
    newcomer = a_drive(9)
    board.nas.add(newcomer)
    await board.tick(after=IDLE_INTERVAL)
    await board.start(FREE, OTHER, newcomer)
    assert board.burn_in(newcomer).state is BurnInState.QUEUED
    await board.press("cancel_all", None)
    await board.settle()
    states = {burn_in.state for burn_in in board.data.runner.burn_ins.values()}
    assert states == {BurnInState.CANCELLED}
    assert len(board.nas.calls_of("start_self_test")) == 2
    await board.press("cancel_all", None)


async def test_cancel_that_does_not_reach_the_nas(board: Board) -> None:
    """The wish is kept and shown, and carried out as soon as it can be."""
    board.nas.still = True
    await board.start()
    board.nas.fail["abort_self_test"] = CallFailed("smartctl", "no")
    await board.press("cancel_burn_in")
    assert board.state("sensor", "burn_in").state == "cancelling"
    await board.tick()
    assert board.state("sensor", "burn_in").state == "cancelling"
    assert board.state("sensor", "running", None).state == "1"
    del board.nas.fail["abort_self_test"]
    await board.tick()
    assert board.state("sensor", "burn_in").state == "cancelled"
    assert board.state("sensor", "running", None).state == "0"


async def test_self_tests(board: Board) -> None:
    """Started, refused while running, aborted; nothing to abort while none runs."""
    board.nas.still = True
    await board.press("short_self_test")
    assert board.nas.calls_of("start_self_test") == ["start_self_test SER001 short"]
    with pytest.raises(ServiceValidationError, match="is running a self-test"):
        await board.press("long_self_test")
    await board.press("cancel_self_test")
    assert board.state("button", "cancel_self_test").state == STATE_UNAVAILABLE
    await board.press("cancel_self_test")
    assert board.nas.calls_of("abort_self_test") == ["abort_self_test SER001"]
    await board.press("long_self_test")
    assert board.nas.calls_of("start_self_test")[1:] == ["start_self_test SER001 long"]


async def test_the_profile_is_restored(hass: HomeAssistant, bare: Board) -> None:
    """The choice outlives a restart; nonsense does not."""
    mock_restore_cache(
        hass,
        [
            State("select.wd80efax_ser001_burn_in_profile", "quick"),
            State("select.wd80efax_ser002_burn_in_profile", "nonsense"),
        ],
    )
    await bare.set_up()
    assert bare.state("select", "profile").state == "quick"
    assert bare.state("select", "profile", OTHER).state == "full"


async def test_the_operator_is_the_user(
    board: Board, hass_admin_user: MockUser
) -> None:
    """Whoever presses stands in the record."""
    await board.choose("smart")
    await board.hass.services.async_call(
        "button",
        "press",
        {"entity_id": board.entity_id("button", "start_burn_in")},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await board.settle()
    assert board.burn_in().operator == hass_admin_user.name


@pytest.mark.as_shipped
async def test_what_a_drive_shows_to_begin_with(board: Board) -> None:
    """What a burn-in needs; all else is there to be enabled, and has a category."""
    registry = er.async_get(board.hass)
    found = er.async_entries_for_device(
        registry, board.device_id(), include_disabled_entities=True
    )
    enabled = {
        (item.domain, item.translation_key) for item in found if not item.disabled
    }
    assert enabled == {
        ("binary_sensor", "problem"),
        ("button", "cancel_burn_in"),
        ("button", "start_burn_in"),
        ("event", "burn_in"),
        ("select", "profile"),
        ("sensor", "burn_in"),
        ("sensor", "progress"),
        ("sensor", "stage"),
        ("sensor", "temperature"),
        ("sensor", "use"),
        ("switch", "armed"),
    }
    assert len(found) == 25
    assert all(item.entity_category for item in found if item.disabled)


@pytest.mark.as_shipped
async def test_a_big_nas_gets_fewer_entities(bare: Board) -> None:
    """Beyond 120 drives the details are there, but disabled."""
    bare.nas.add(*(a_drive(number) for number in range(100, 220)))
    await bare.set_up()
    registry = er.async_get(bare.hass)
    found = registry.async_get(bare.entity_id("sensor", "stage"))
    assert found is not None
    assert found.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert bare.state("sensor", "burn_in").state == "not_run"


async def test_a_press_on_a_drive_that_has_just_gone(
    board: Board, freezer: FrozenDateTimeFactory
) -> None:
    """The press looks again before it acts."""
    await board.choose("smart")
    del board.nas.drives[FREE.identifier]
    freezer.tick(30)
    with pytest.raises(ServiceValidationError, match="SER001 is not connected"):
        await board.press("start_burn_in")


async def test_arming_a_drive_that_is_gone(board: Board) -> None:
    """There is nothing to arm."""
    switch = board.hass.data["entity_components"]["switch"].get_entity(
        board.entity_id("switch", "armed")
    )
    del board.nas.drives[FREE.identifier]
    await board.tick(after=IDLE_INTERVAL)
    with pytest.raises(ServiceValidationError, match="is not connected"):
        await switch.async_turn_on()
