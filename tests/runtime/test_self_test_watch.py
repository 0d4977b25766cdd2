"""Self-tests started by themselves: what is shown of them, and what that asks."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.const import (
    EVENT_HOMEASSISTANT_STOP,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.const import DOMAIN, IDLE_INTERVAL
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.truenas.errors import (
    CallFailed,
    ConnectionFailed,
    OutcomeUnknown,
    TrueNASError,
)
from custom_components.truenas_burnin.truenas.models import (
    SelfTestKind,
    SelfTestLog,
    SelfTestStatus,
)

from ..burnin.fakes import a_drive, a_report, a_test
from ..common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def still(board: Board) -> Board:
    """Return a board whose drives do only what the test says."""
    board.nas.still = True
    return board


def shown(board: Board, key: str = "short") -> tuple[str, int | None]:
    """Return state and percent of a self-test sensor."""
    state = board.state("sensor", f"{key}_self_test")
    return state.state, state.attributes.get("percent")


def can_cancel(board: Board) -> bool:
    """Tell whether the cancel button can be pressed."""
    return board.state("button", "cancel_self_test").state != STATE_UNAVAILABLE


def progress(
    board: Board,
    percent: float | None,
    *entries: SelfTestStatus,
    kind: SelfTestKind = SelfTestKind.SHORT,
) -> None:
    """Set how far the drive's test is, and the entries of its log, of one kind."""
    tests = [a_test(kind, status, hours=99 - age) for age, status in enumerate(entries)]
    board.nas.logs[FREE.serial] = SelfTestLog(
        tests=tuple(tests), running_percent=percent
    )


def looks(board: Board) -> int:
    """Return how often drives were asked for their logs."""
    return len(board.nas.calls_of("self_test_log"))


async def restart(board: Board) -> None:
    """Set the entry up anew, as a restart does."""
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.settle()


async def test_from_start_to_result(still: Board) -> None:
    """It shows how far it is, then how it ended, and when."""
    assert shown(still) == ("not_run", None)
    assert not can_cancel(still)
    await still.press("short_self_test")
    assert shown(still) == ("running", 0)
    assert shown(still, "long") == ("not_run", None)
    assert can_cancel(still)
    progress(still, 43.0)
    await still.tick(after=MINUTE)
    assert shown(still) == ("running", 40)
    progress(still, None, SelfTestStatus.FAILED)
    await still.tick(after=MINUTE)
    assert shown(still) == ("failed", None)
    assert not can_cancel(still)
    ended = still.state("sensor", "short_self_test").attributes["finished"]
    assert ended is not None
    await restart(still)
    assert shown(still) == ("failed", None)
    again = still.state("sensor", "short_self_test").attributes["finished"]
    assert again == ended
    rows = await still.data.ledger.audit(limit=9, offset=0)
    assert [row.event for row in rows] == ["self_test_ended", "self_test_requested"]


async def test_what_it_asks(still: Board) -> None:
    """Once a minute the drive that runs one, and nobody when none does."""
    await still.tick(times=5, after=IDLE_INTERVAL)
    assert looks(still) == 0
    await still.press("long_self_test")
    before = looks(still)
    await still.tick(times=10, after=timedelta(seconds=30))
    asked = still.nas.calls_of("self_test_log")[before:]
    assert asked == ["self_test_log SER001"] * 5
    progress(still, None, SelfTestStatus.PASSED, kind=SelfTestKind.LONG)
    await still.tick(after=MINUTE)
    before = looks(still)
    await still.tick(times=5, after=IDLE_INTERVAL)
    assert looks(still) == before


async def test_two_drives_started_apart(still: Board) -> None:
    """Each is asked in its own minute, and neither waits for the other."""
    await still.press("long_self_test", FREE)
    await still.tick(after=timedelta(seconds=40))
    await still.press("long_self_test", OTHER)
    still.nas.calls.clear()
    await still.tick(after=timedelta(seconds=20))
    assert still.nas.calls_of("self_test_log") == ["self_test_log SER001"]
    await still.tick(after=timedelta(seconds=40))
    assert still.nas.calls_of("self_test_log")[1:] == ["self_test_log SER002"]


async def test_cancel(still: Board) -> None:
    """The result is there at once, as its drive tells it."""
    await still.press("long_self_test")
    before = still.nas.logs[FREE.serial]

    async def abort(drive: Any) -> None:
        still.nas._called("abort_self_test", drive.serial)
        progress(still, None, SelfTestStatus.ABORTED, kind=SelfTestKind.LONG)

    still.nas.abort_self_test = abort  # type: ignore[method-assign]
    await still.press("cancel_self_test")
    assert before != still.nas.logs[FREE.serial]
    assert still.nas.calls_of("abort_self_test") == ["abort_self_test SER001"]
    assert shown(still, "long") == ("aborted", None)
    assert not can_cancel(still)


async def test_cancel_of_one_that_is_not_ours(still: Board) -> None:
    """The button does not know of it; the action asks the drive."""
    progress(still, 30.0)
    await still.tick(after=MINUTE)
    assert not can_cancel(still)
    await still.action("cancel_self_test", device_id=still.device_id())
    assert still.nas.calls_of("abort_self_test") == ["abort_self_test SER001"]


async def test_a_restart_while_it_runs(still: Board) -> None:
    """The drive is asked at once how far it is."""
    await still.press("long_self_test")
    progress(still, 70.0)
    await restart(still)
    assert shown(still, "long") == ("running", 70)
    assert can_cancel(still)


async def test_it_ended_while_we_were_away(still: Board) -> None:
    """The log tells how."""
    await still.press("short_self_test")
    await still.hass.config_entries.async_unload(still.entry.entry_id)
    progress(still, None, SelfTestStatus.PASSED)
    await still.tick(times=60, after=MINUTE)
    await still.set_up()
    assert shown(still) == ("passed", None)


async def test_a_drive_that_fell_asleep_is_not_woken(still: Board) -> None:
    """It is unknown how its test went until it is awake; asking gets rarer."""
    await still.press("short_self_test")
    await still.hass.config_entries.async_unload(still.entry.entry_id)
    progress(still, None, SelfTestStatus.PASSED)
    still.nas.drives[FREE.identifier] = a_drive(1, temperature=None)
    await still.set_up()
    assert shown(still) == (STATE_UNKNOWN, None)
    assert not can_cancel(still)
    await still.tick(times=30, after=MINUTE)
    assert shown(still) == (STATE_UNKNOWN, None)
    still.nas.drives[FREE.identifier] = FREE
    await still.tick(times=60, after=MINUTE)
    assert shown(still) == ("passed", None)


async def test_a_drive_without_temperature_is_followed_while_awake(
    still: Board,
) -> None:
    """Its test keeps it awake."""
    still.nas.drives[FREE.identifier] = a_drive(1, temperature=None)
    await still.tick(after=IDLE_INTERVAL)
    await still.press("short_self_test")
    progress(still, 60.0)
    await still.tick(after=MINUTE)
    assert shown(still) == ("running", 60)


@pytest.mark.parametrize("error", [OutcomeUnknown("lost"), ConnectionFailed("gone")])
async def test_a_start_whose_reply_was_lost(still: Board, error: TrueNASError) -> None:
    """Nothing is claimed before the drive was asked."""
    still.nas.fail["start_self_test"] = error
    with pytest.raises(HomeAssistantError, match=str(error)):
        await still.press("short_self_test")
    assert shown(still) == (STATE_UNKNOWN, None)
    progress(still, 10.0)
    await still.tick(after=MINUTE)
    assert shown(still) == ("running", 10)


async def test_a_start_that_was_refused(still: Board) -> None:
    """What was known stays known."""
    still.nas.fail["start_self_test"] = CallFailed("smartctl", "busy")
    with pytest.raises(HomeAssistantError, match="busy"):
        await still.press("short_self_test")
    assert shown(still) == ("not_run", None)


async def test_one_that_leaves_no_trace(still: Board) -> None:
    """Three looks later nobody asks for it any more."""
    await still.press("short_self_test")
    progress(still, None)
    await still.tick(after=MINUTE)
    assert shown(still) == (STATE_UNKNOWN, None)
    await still.tick(times=2, after=MINUTE)
    before = looks(still)
    await still.tick(times=3, after=MINUTE)
    assert looks(still) == before
    (test,) = await still.data.ledger.self_tests(still.nas.system.host_id)
    assert test.finished is not None


async def test_another_test_ends_the_one_before(still: Board) -> None:
    """Of a lost one nothing more is heard; a finished one got its result."""
    await still.press("short_self_test")
    progress(still, None)
    await still.press("long_self_test")
    assert shown(still) == ("inconclusive", None)
    assert shown(still, "long") == ("running", 0)
    progress(still, None, SelfTestStatus.PASSED, kind=SelfTestKind.LONG)
    await still.press("short_self_test")
    assert shown(still, "long") == ("passed", None)
    assert shown(still) == ("running", 0)


async def test_a_burn_in_knows_better(still: Board) -> None:
    """The drive is not asked twice; an ended burn-in leaves what it found out."""
    await still.press("short_self_test")
    progress(still, None)
    await still.start()
    assert still.burn_in().state == "running"
    assert shown(still) == ("running", 0)
    assert not can_cancel(still)
    calls = looks(still)
    await still.tick(times=4, after=timedelta(seconds=15))
    assert looks(still) - calls == 4
    still.nas.fail["abort_self_test"] = CallFailed("smartctl", "no")
    await still.press("cancel_burn_in")
    assert still.burn_in().state == "cancelling"
    calls = looks(still)
    await still.tick(times=4, after=timedelta(seconds=15))
    assert looks(still) - calls == 4


async def test_a_drive_that_cannot_be_asked(still: Board) -> None:
    """It is tried again ever less often; a NAS that is away is not asked at all."""
    await still.press("long_self_test")
    before = looks(still)
    still.nas.fail["self_test_log"] = CallFailed("smartctl", "no")
    await still.tick(times=31, after=MINUTE)
    assert looks(still) - before == 5
    del still.nas.fail["self_test_log"]
    still.nas.down = ConnectionFailed("gone")
    await still.tick(after=MINUTE)
    before = looks(still)
    await still.tick(times=70, after=MINUTE)
    assert looks(still) == before
    still.nas.down = None
    progress(still, 80.0)
    await still.tick(times=3, after=MINUTE)
    assert shown(still, "long") == ("running", 80)


async def test_a_drive_that_was_pulled_or_replaced(still: Board) -> None:
    """Nobody else is asked in its place, and nobody else shows its test."""
    await still.press("long_self_test")
    before = looks(still)
    still.nas.drives[FREE.identifier] = a_drive(1, serial="SER999")
    await still.data.coordinator.async_refresh()
    await still.tick(times=3, after=MINUTE)
    assert looks(still) == before
    assert shown(still, "long") == ("not_run", None)
    del still.nas.drives[FREE.identifier]
    await still.data.coordinator.async_refresh()
    await still.tick(times=3, after=MINUTE)
    assert looks(still) == before
    still.nas.drives[FREE.identifier] = FREE
    await still.tick(times=2, after=MINUTE)
    assert shown(still, "long")[0] == "running"


async def test_one_started_while_the_drive_is_asked(still: Board) -> None:
    """What was read before knows nothing of it."""
    await still.press("short_self_test")
    read = still.nas.self_test_log
    progress(still, None)

    async def slow(drive: Any, *, wake: bool = True) -> SelfTestLog:
        log = await read(drive, wake=wake)
        still.nas.self_test_log = read  # type: ignore[method-assign]
        await still.data.self_tests.async_follow(
            drive, SelfTestKind.SHORT, log, started=True
        )
        return log

    still.nas.self_test_log = slow  # type: ignore[method-assign]
    await still.tick(after=MINUTE)
    assert shown(still) == ("running", 0)


async def test_a_ledger_that_keeps_nothing(
    still: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test is followed all the same."""

    async def broken(*_args: object) -> None:
        raise LedgerError("disk full")

    monkeypatch.setattr(SqliteLedger, "keep_self_test", broken)
    await still.press("short_self_test")
    progress(still, 20.0)
    await still.tick(after=MINUTE)
    assert shown(still) == ("running", 20)


async def test_nobody_is_asked_after_the_end(still: Board) -> None:
    """Neither after an unload nor at shutdown, when entries are not unloaded."""
    await still.press("short_self_test")
    await still.hass.config_entries.async_unload(still.entry.entry_id)
    before = looks(still)
    await still.tick(times=3, after=MINUTE)
    assert looks(still) == before
    await still.set_up()
    still.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await still.settle()
    before = looks(still)
    await still.tick(times=3, after=MINUTE)
    assert looks(still) == before


async def test_a_look_that_hangs_ends_with_the_entry(still: Board) -> None:
    """The drive is asked again by the next set-up."""
    asked = asyncio.Event()

    async def hang(drive: Any, *, wake: bool = True) -> SelfTestLog:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    await still.press("short_self_test")
    read = still.nas.self_test_log
    still.nas.self_test_log = hang  # type: ignore[method-assign]
    still.freezer.tick(MINUTE)
    async_fire_time_changed(still.hass)
    await asked.wait()
    await still.hass.config_entries.async_unload(still.entry.entry_id)
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert [name for name in names if name.startswith(DOMAIN)] == []
    still.nas.self_test_log = read  # type: ignore[method-assign]
    progress(still, 30.0)
    await still.set_up()
    assert shown(still) == ("running", 30)


def start_on_the_nas(
    board: Board, percent: float | None, kind: SelfTestKind | None = None
) -> None:
    """Let somebody start a test who does not use Home Assistant."""
    board.nas.logs[FREE.serial] = SelfTestLog(
        tests=(), running_percent=percent, running_kind=kind
    )


async def enabled(board: Board) -> None:
    """Have both sensors of self-tests."""
    for key in ("short", "long"):
        entity_id = board.entity_id("sensor", f"{key}_self_test")
        er.async_get(board.hass).async_update_entity(entity_id, disabled_by=None)
    await restart(board)


@pytest.mark.parametrize(
    ("kind", "key", "other"),
    [
        (SelfTestKind.SHORT, "short", "long"),
        (SelfTestKind.LONG, "long", "short"),
        (None, "long", "short"),
    ],
)
async def test_one_that_somebody_started_on_the_nas(
    still: Board, kind: SelfTestKind | None, key: str, other: str
) -> None:
    """It is shown as soon as the drive tells of it, followed, and can be cancelled."""
    await enabled(still)
    start_on_the_nas(still, 30.0, kind)
    error = await still.refused(
        "start_burn_in",
        device_id=still.device_id(),
        profile="smart",
        confirm_serials=[FREE.serial],
    )
    assert str(error).endswith(
        "ada1 (SER001) is running a self-test: wait until it has ended, or cancel it"
    )
    assert shown(still, key) == ("running", 30)
    assert shown(still, other)[0] == "not_run"
    assert can_cancel(still)
    start_on_the_nas(still, 60.0, kind)
    await still.tick(after=MINUTE)
    assert shown(still, key) == ("running", 60)
    passed = a_test(kind or SelfTestKind.LONG, SelfTestStatus.PASSED)
    still.nas.logs[FREE.serial] = SelfTestLog(tests=(passed,), running_percent=None)
    await still.tick(after=MINUTE)
    assert shown(still, key) == ("passed", None)
    assert not can_cancel(still)
    await restart(still)
    assert shown(still, key) == ("passed", None)


async def test_one_that_was_taken_for_another(still: Board) -> None:
    """A drive need not tell which runs: what came of none is not made up."""
    await enabled(still)
    start_on_the_nas(still, 10.0)
    await still.refused("start_self_test", device_id=still.device_id(), type="short")
    assert shown(still, "long") == ("running", 10)
    short = a_test(SelfTestKind.SHORT, SelfTestStatus.PASSED)
    still.nas.logs[FREE.serial] = SelfTestLog(tests=(short,), running_percent=None)
    await still.tick(times=4, after=MINUTE)
    assert shown(still, "long")[0] == "not_run"
    before = looks(still)
    await still.tick(times=3, after=MINUTE)
    assert looks(still) == before
    assert still.data.self_tests.known == ()


async def test_one_that_a_reading_tells_of(still: Board) -> None:
    """As the drive's health was asked for; one that is followed is not taken up again."""
    await enabled(still)
    start_on_the_nas(still, 50.0, SelfTestKind.LONG)
    log = still.nas.logs[FREE.serial]
    still.nas.reports[FREE.serial] = a_report(FREE, self_tests=log)
    for _ in range(2):
        await still.action("read_drive_health", device_id=still.device_id())
    assert shown(still, "long") == ("running", 50)
    assert len(still.data.self_tests.known) == 1
