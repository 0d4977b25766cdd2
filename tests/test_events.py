"""What the event entities tell, and what a change means."""

from dataclasses import replace
from datetime import UTC, datetime

from homeassistant.core import Event, EventStateChangedData, State
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.truenas_burnin.burnin.gate import identify
from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.burnin.plan import Profile, plan_of
from custom_components.truenas_burnin.runtime.changes import Happening, happenings
from custom_components.truenas_burnin.runtime.signals import burn_in_signal

from .common import FREE, OTHER, Board

pytest_plugins = ["tests.components_fixtures"]

QUEUED = BurnIn(
    id="one",
    nas_id="nas-1",
    drive=identify(FREE),
    device=FREE.name,
    profile=Profile.SMART,
    stages=plan_of(Profile.SMART).stages(FREE),
    state=BurnInState.QUEUED,
    operator="Mia",
    created=datetime(2026, 11, 25, tzinfo=UTC),
    position=1,
)
RUNNING = replace(QUEUED, state=BurnInState.RUNNING)
PAUSED = replace(QUEUED, state=BurnInState.PAUSED)
STALLED = replace(RUNNING, stalled=True)
PASSED = replace(QUEUED, state=BurnInState.PASSED)
FAILED = replace(QUEUED, state=BurnInState.FAILED)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, QUEUED, ()),
        (None, RUNNING, (Happening.STARTED,)),
        (QUEUED, RUNNING, (Happening.STARTED,)),
        (RUNNING, RUNNING, ()),
        (RUNNING, PAUSED, (Happening.PAUSED,)),
        (PAUSED, RUNNING, (Happening.RESUMED,)),
        (RUNNING, STALLED, (Happening.STALLED,)),
        (STALLED, STALLED, ()),
        (STALLED, RUNNING, ()),
        (STALLED, FAILED, (Happening.FAILED,)),
        (RUNNING, PASSED, (Happening.PASSED,)),
        (PASSED, PASSED, ()),
        (FAILED, QUEUED, ()),
        (PASSED, replace(QUEUED, id="two"), ()),
        (PASSED, replace(RUNNING, id="two"), (Happening.STARTED,)),
        (STALLED, replace(STALLED, id="two"), (Happening.STALLED, Happening.STARTED)),
    ],
)
def test_happenings(
    before: BurnIn | None, after: BurnIn, told: tuple[Happening, ...]
) -> None:
    """Each is told once, when it happens."""
    assert happenings(before, after) == told


def follow(board: Board, key: str, drive: object = FREE) -> list[State]:
    """Return a list that fills with what an event entity tells."""
    told: list[State] = []

    def keep(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            told.append(state)

    entity_id = board.entity_id("event", key, drive)  # type: ignore[arg-type]
    async_track_state_change_event(board.hass, entity_id, keep)
    return told


def kinds(told: list[State]) -> list[str]:
    """Return the types of events."""
    return [state.attributes["event_type"] for state in told]


async def test_a_pass(board: Board) -> None:
    """The drive and its NAS tell of the start and of the end, with details."""
    own, every = follow(board, "burn_in"), follow(board, "burn_in_event", None)
    (burn_in_id,) = await board.start()
    await board.tick(times=8)
    await board.settle()
    assert kinds(own) == kinds(every) == ["started", "passed"]
    details = {
        "burn_in_id": burn_in_id,
        "disk": "ada1",
        "model": "WD80EFAX",
        "nas": "nas",
        "operator": "Home Assistant",
        "percent": 100.0,
        "profile": "smart",
        "reason": None,
        "serial": "SER001",
        "size": FREE.size,
        "stage": None,
    }
    for told in (own, every):
        assert details.items() <= told[-1].attributes.items()


async def test_a_failure_of_another_drive(board: Board) -> None:
    """Only that drive tells of it, and the NAS."""
    board.nas.bad.add(OTHER.serial)
    own = follow(board, "burn_in")
    other, every = (
        follow(board, "burn_in", OTHER),
        follow(board, "burn_in_event", None),
    )
    await board.start(OTHER, profile="surface")
    await board.tick(times=4)
    await board.settle()
    assert kinds(own) == []
    assert kinds(other) == kinds(every) == ["started", "failed"]
    assert other[-1].attributes["stage"] == "surface_validate"
    assert "7 write" in other[-1].attributes["reason"]


async def test_a_pulled_drive_still_tells(board: Board) -> None:
    """How its burn-in ended is news although the drive is gone."""
    board.nas.still = True
    await board.start()
    own = follow(board, "burn_in")
    del board.nas.drives[FREE.identifier]
    await board.tick(times=76)
    await board.settle()
    assert kinds(own) == ["inconclusive"]
    assert board.state("sensor", "burn_in").state == "unavailable"


async def test_a_reload_tells_nothing(board: Board) -> None:
    """What happened before is not told again, and still to be seen."""
    await board.start()
    await board.tick(times=8)
    ended = board.state("event", "burn_in")
    assert ended.attributes["event_type"] == "passed"
    await board.hass.config_entries.async_reload(board.entry.entry_id)
    await board.tick(times=2)
    again = board.state("event", "burn_in")
    assert again.state == ended.state
    assert again.attributes["event_type"] == "passed"


async def test_a_stall(board: Board) -> None:
    """It is told when it is noticed."""
    board.nas.still = True
    await board.start()
    every = follow(board, "burn_in_event", None)
    before = board.burn_in()
    after = replace(before, stalled=True)
    async_dispatcher_send(
        board.hass, burn_in_signal(board.entry.entry_id), before, after
    )
    await board.settle()
    assert kinds(every) == ["stalled"]
