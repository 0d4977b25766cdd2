"""The entities of the NAS itself, and those of drives that are settings or details."""

from datetime import timedelta

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import IDLE_INTERVAL, STALE_AFTER
from custom_components.truenas_burnin.ledger import DriveInfo, SqliteLedger
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed

from .burnin.fakes import a_drive, a_report
from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]


def counted(board: Board) -> dict[str, str]:
    """Return what the sensors of the NAS count."""
    keys = ("drives", "queued", "running", "passed", "failed")
    return {key: board.state("sensor", key, None).state for key in keys}


async def test_what_the_nas_counts(board: Board) -> None:
    """Its drives, and how their newest burn-ins stand."""
    idle = {"drives": "3", "queued": "0", "running": "0", "passed": "0", "failed": "0"}
    assert counted(board) == idle
    newcomer = a_drive(9)
    board.nas.add(newcomer)
    board.nas.bad.add(OTHER.serial)
    await board.tick(after=IDLE_INTERVAL)
    await board.start(FREE, OTHER, newcomer, profile="surface")
    assert counted(board) == {**idle, "drives": "4", "queued": "1", "running": "2"}
    await board.tick(times=8)
    assert counted(board) == {**idle, "drives": "4", "passed": "2", "failed": "1"}


async def test_a_short_silence_is_no_loss(board: Board) -> None:
    """The connection is lost once the NAS was silent for as long as the options say."""
    board.nas.still = True
    await board.start()
    assert board.state("binary_sensor", "connectivity", None).state == STATE_ON
    board.nas.down = ConnectionFailed("gone")
    await board.tick(times=3)
    assert board.state("sensor", "drives", None).state == STATE_UNAVAILABLE
    assert board.state("binary_sensor", "connectivity", None).state == STATE_ON
    await board.tick(after=STALE_AFTER - 3 * timedelta(seconds=12))
    assert board.state("binary_sensor", "connectivity", None).state == STATE_OFF
    board.nas.down = None
    await board.tick()
    assert board.state("binary_sensor", "connectivity", None).state == STATE_ON


async def test_an_idle_nas_is_missed_at_its_first_silent_poll(board: Board) -> None:
    """A minute has passed by then."""
    board.nas.down = ConnectionFailed("gone")
    await board.tick(after=IDLE_INTERVAL)
    assert board.state("binary_sensor", "connectivity", None).state == STATE_OFF


async def test_nothing_waits_after_an_unload(board: Board) -> None:
    """The timer of a silent NAS goes with its sensor."""
    board.nas.still = True
    await board.start()
    board.nas.down = ConnectionFailed("gone")
    await board.tick()
    await board.hass.config_entries.async_unload(board.entry.entry_id)


async def test_max_parallel(board: Board) -> None:
    """It is kept in the options and obeyed without a reload."""
    board.nas.still = True
    await board.number(1)
    runner = board.data.runner
    await board.start(FREE, OTHER)
    assert board.burn_in(OTHER).state is BurnInState.QUEUED
    await board.number(2)
    await board.settle()
    assert board.burn_in(OTHER).state is BurnInState.RUNNING
    assert board.state("number", "max_parallel", None).state == "2"
    assert board.entry.options["max_parallel"] == 2
    assert board.data.runner is runner
    with pytest.raises(ServiceValidationError):
        await board.number(65)


async def test_hold(board: Board) -> None:
    """Nothing starts while it is on; what runs goes on, also over a reload."""
    board.nas.still = True
    await board.start(OTHER)
    await board.switch("turn_on", None, "hold")
    assert board.state("switch", "hold", None).state == STATE_ON
    error = await board.refused(
        "start_burn_in", device_id=board.device_id(), profile="smart"
    )
    assert "on hold" in str(error)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.state("switch", "hold", None).state == STATE_ON
    assert board.burn_in(OTHER).state is BurnInState.RUNNING
    await board.switch("turn_off", None, "hold")
    await board.start()
    rows = await board.data.ledger.audit(limit=50, offset=0)
    assert {"held", "released"} <= {row.event for row in rows}


async def test_hold_that_cannot_be_kept(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is told, and it stays off."""

    async def broken(*_args: object) -> None:
        raise LedgerError("broken")

    monkeypatch.setattr(SqliteLedger, "set_hold", broken)
    with pytest.raises(HomeAssistantError, match="can't be used: broken"):
        await board.switch("turn_on", None, "hold")
    assert board.state("switch", "hold", None).state == STATE_OFF


async def test_texts(board: Board) -> None:
    """What is written down is kept in the ledger, over a reload too."""
    assert board.state("text", "location").state == ""
    await board.write("location", "  Shelf 2, bay 7 ")
    await board.write("notes", "bought used")
    assert board.state("text", "location").state == "Shelf 2, bay 7"
    known = await board.data.ledger.drive_info(
        board.nas.system.host_id, FREE.identifier
    )
    assert known == DriveInfo(location="Shelf 2, bay 7", notes="bought used")
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.state("text", "notes").state == "bought used"
    assert board.state("text", "notes", OTHER).state == ""


async def test_problem(board: Board) -> None:
    """It says what is wrong."""
    assert board.state("binary_sensor", "problem").state == STATE_OFF
    board.nas.bad.add(FREE.serial)
    board.nas.reports[OTHER.serial] = a_report(OTHER, passed=False)
    await board.start(FREE, OTHER, profile="surface")
    await board.tick(times=5)
    state = board.state("binary_sensor", "problem")
    assert (state.state, state.attributes["problems"]) == (STATE_ON, ["burn_in_failed"])
    state = board.state("binary_sensor", "problem", OTHER)
    assert state.attributes["problems"] == ["burn_in_failed", "smart_failing"]


async def test_self_test_sensors(board: Board) -> None:
    """They follow the stages, and know older ones from the drive's own log."""
    assert board.state("sensor", "short_self_test").state == "not_run"
    await board.start()
    assert board.state("sensor", "short_self_test").state == "running"
    await board.tick(times=8)
    assert board.state("sensor", "short_self_test").state == "passed"
    assert board.state("sensor", "long_self_test").state == "passed"
    board.nas.reports[FREE.serial] = a_report(
        FREE, self_tests=board.nas.logs[FREE.serial]
    )
    await board.start(profile="surface")
    await board.tick(times=8)
    assert board.state("sensor", "short_self_test").state == "passed"


async def test_last_result(board: Board) -> None:
    """It stands while another burn-in is under way, also over a restart."""
    assert board.state("sensor", "last_result").state == STATE_UNKNOWN
    (first,) = await board.start()
    await board.tick(times=8)
    board.nas.still = True
    await board.start()
    state = board.state("sensor", "last_result")
    assert (state.state, state.attributes["burn_in_id"]) == ("passed", first)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.state("sensor", "burn_in").state == "running"
    state = board.state("sensor", "last_result")
    assert (state.state, state.attributes["burn_in_id"]) == ("passed", first)
    await board.action("cancel_burn_in", device_id=board.device_id())
    assert board.state("sensor", "last_result").state == "cancelled"


async def test_last_result_without_a_ledger(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is unknown, and set-up goes on."""
    board.nas.still = True
    await board.start()

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise LedgerError("broken")

    monkeypatch.setattr(SqliteLedger, "history", broken)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert board.state("sensor", "last_result").state == STATE_UNKNOWN


@pytest.mark.as_shipped
@pytest.mark.parametrize(
    ("counters", "seen"),
    [
        (
            {"ata_5": 1, "ata_197": 2, "ata_198": 3, "ata_199": 4},
            {
                "reallocated_sectors": "1",
                "pending_sectors": "2",
                "uncorrectable_errors": "3",
                "crc_errors": "4",
            },
        ),
        (
            {"scsi_grown_defects": 5, "scsi_uncorrected_read": 1},
            {
                "reallocated_sectors": "5",
                "pending_sectors": STATE_UNKNOWN,
                "uncorrectable_errors": "1",
                "crc_errors": STATE_UNKNOWN,
            },
        ),
    ],
)
async def test_smart_details(
    board: Board, counters: dict[str, int], seen: dict[str, str]
) -> None:
    """They come from the newest report of a burn-in; no drive is polled for them."""
    registry = er.async_get(board.hass)
    for key in (*seen, "power_on_hours"):
        entity_id = board.entity_id("sensor", key)
        assert registry.async_get(entity_id).disabled_by is not None  # type: ignore[union-attr]
        registry.async_update_entity(entity_id, disabled_by=None)
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()
    assert {board.state("sensor", key).state for key in seen} == {STATE_UNKNOWN}
    board.nas.reports[FREE.serial] = a_report(FREE, counters=counters)
    await board.start()
    assert board.burn_in().state.final
    assert {key: board.state("sensor", key).state for key in seen} == seen
    assert board.state("sensor", "power_on_hours").state == "12"
    board.nas.calls.clear()
    await board.tick(times=2, after=IDLE_INTERVAL)
    assert board.nas.calls_of("smart") == []
