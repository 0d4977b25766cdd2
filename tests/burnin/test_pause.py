"""Standing still: for a person, in quiet hours, while a pool is scrubbed."""

from dataclasses import replace
from datetime import time

import pytest

from custom_components.truenas_burnin.burnin.model import BurnInState, PauseReason
from custom_components.truenas_burnin.burnin.pauses import is_quiet
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.truenas.errors import ConnectionFailed
from custom_components.truenas_burnin.truenas.surface import AgentState, Why

from .fakes import Bench, a_drive
from .test_runner import (
    DRIVE,
    SMART,
    SURFACE,
    current,
    stage_states,
    submit,
    to_surface,
)


def standing(bench: Bench) -> tuple[BurnInState, PauseReason | None]:
    """Return state and reason of the burn-in of the first drive."""
    return current(bench).state, current(bench).pause_reason


async def pause(bench: Bench) -> None:
    """Have a person pause the burn-in of the first drive."""
    assert await bench.runner.pause(current(bench).id, "mia") is not None


async def test_a_person_pauses_and_resumes_a_surface_pass() -> None:
    """Asked for at once, real when the agent says so; both are kept."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await pause(bench)
    assert standing(bench) == (BurnInState.RUNNING, PauseReason.PERSON)
    assert bench.ledger.kept[current(bench).id].pause_reason is PauseReason.PERSON
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.PERSON)
    assert await bench.runner.pause(current(bench).id, "mia") is None
    resumed = await bench.runner.resume(current(bench).id, "mia")
    assert resumed is not None
    assert resumed.pause_reason is None
    assert await bench.runner.resume(resumed.id, "mia") is None
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.RUNNING, None)
    assert len(bench.nas.calls_of("pause_surface")) == 1
    assert len(bench.nas.calls_of("resume_surface")) == 1
    assert bench.ledger.events[-4:] == [
        "pause_requested",
        "paused",
        "resume_requested",
        "resumed",
    ]


async def test_a_self_test_goes_on_and_the_next_stage_waits() -> None:
    """A drive cannot be told to pause its self-test."""
    bench = Bench(DRIVE)
    await submit(bench, SMART)
    await bench.cycle()
    await pause(bench)
    await bench.cycle()
    assert standing(bench) == (BurnInState.RUNNING, PauseReason.PERSON)
    bench.nas.finish_test(DRIVE.serial)
    await bench.cycle(3)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.PERSON)
    assert stage_states(current(bench))["long_smart"] == "pending"
    await bench.runner.resume(current(bench).id, "mia")
    await bench.cycle()
    assert standing(bench) == (BurnInState.RUNNING, None)
    assert len(bench.nas.calls_of("start_self_test")) == 2


async def test_a_pause_outlives_a_restart() -> None:
    """Home Assistant comes back and still knows what the person wanted."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await pause(bench)
    bench.restarted()
    await bench.runner.load()
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.PERSON)


async def test_a_pause_the_nas_does_not_hear_is_asked_for_again() -> None:
    """What a person wants is kept before the NAS is told."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.fail["pause_surface"] = ConnectionFailed("gone")
    await pause(bench)
    await bench.cycle(3)
    assert standing(bench) == (BurnInState.RUNNING, PauseReason.PERSON)
    del bench.nas.fail["pause_surface"]
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.PERSON)


async def test_what_cannot_be_kept_is_not_paused() -> None:
    """No promise without a ledger."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.ledger.broken = True
    with pytest.raises(LedgerError):
        await bench.runner.pause(current(bench).id, "mia")
    assert current(bench).pause_reason is None


async def test_nothing_to_pause() -> None:
    """What is queued, over or not there."""
    bench = Bench(DRIVE)
    (queued,) = await submit(bench, SMART)
    assert await bench.runner.pause(queued.id, "mia") is None
    assert await bench.runner.pause("no such id", "mia") is None
    await bench.runner.cancel(queued.id, "mia")
    assert await bench.runner.pause(queued.id, "mia") is None
    assert await bench.runner.resume(queued.id, "mia") is None


async def test_a_paused_burn_in_can_be_cancelled() -> None:
    """And does not look paused afterwards."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    await pause(bench)
    await bench.cycle(2)
    await bench.runner.cancel(current(bench).id, "mia")
    assert standing(bench) == (BurnInState.CANCELLED, None)


async def test_a_person_s_pause_outlives_heat() -> None:
    """Cooling down is not what a person waits for."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PAUSED, reason=Why(code="heat"))
    await bench.cycle()
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.HEAT)
    await pause(bench)
    await bench.cycle(2)
    assert bench.nas.calls_of("pause_surface")[0].endswith("person")
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.PERSON)


async def test_quiet_hours_hold_what_writes() -> None:
    """From ten to six, over midnight; a self-test makes no noise worth it."""
    night = (time(22), time(6))
    bench = Bench(DRIVE, a_drive(2), quiet_hours=night)
    await submit(bench, SURFACE, 1)
    await submit(bench, SMART, 2)
    await bench.cycle()
    bench.clock.tick(hours=11)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.QUIET_HOURS)
    other = bench.runner.burn_ins[a_drive(2).identifier]
    assert other.state is BurnInState.RUNNING
    bench.clock.tick(hours=7, minutes=30)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.RUNNING, None)


async def test_nothing_new_is_written_in_quiet_hours() -> None:
    """A surface stage that is due waits for the morning."""
    bench = Bench(DRIVE, quiet_hours=(time(11), time(14)))
    await submit(bench, SURFACE)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.QUIET_HOURS)
    assert bench.nas.plans == []
    bench.runner.settings = replace(bench.settings, quiet_hours=None)
    await bench.cycle()
    assert standing(bench) == (BurnInState.RUNNING, None)
    assert len(bench.nas.plans) == 1


async def test_a_rebooted_nas_waits_for_the_end_of_quiet_hours() -> None:
    """An interrupted pass is not taken up again before."""
    bench = Bench(DRIVE, quiet_hours=(time(13), time(14)))
    await to_surface(bench)
    bench.clock.tick(hours=1)
    bench.nas.set_job(state=AgentState.INTERRUPTED)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.QUIET_HOURS)
    assert len(bench.nas.plans) == 1
    bench.clock.tick(hours=1)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.RUNNING, None)


async def test_a_scrub_goes_first_if_asked_to() -> None:
    """A burn-in is a good neighbour."""
    bench = Bench(DRIVE, yield_to_scrub=True)
    await to_surface(bench)
    scrubbing = replace(bench.nas.now(), scrubbing=True)
    await bench.runner.cycle(scrubbing)
    await bench.runner.cycle(scrubbing)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.SCRUB)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.RUNNING, None)
    bench.runner.settings = replace(bench.settings, yield_to_scrub=False)
    await bench.runner.cycle(scrubbing)
    assert standing(bench) == (BurnInState.RUNNING, None)


async def test_one_reason_takes_over_from_another() -> None:
    """The scrub is over but the night has begun."""
    bench = Bench(DRIVE, yield_to_scrub=True, quiet_hours=(time(13), time(14)))
    await to_surface(bench)
    scrubbing = replace(bench.nas.now(), scrubbing=True)
    await bench.runner.cycle(scrubbing)
    bench.clock.tick(hours=1)
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.PAUSED, PauseReason.QUIET_HOURS)


async def test_words_of_a_stranger_count_as_a_person_s() -> None:
    """Somebody paused the job on the NAS itself: ours goes on."""
    bench = Bench(DRIVE)
    await to_surface(bench)
    bench.nas.set_job(state=AgentState.PAUSED, reason=Why(code="lunch"))
    await bench.cycle(2)
    assert standing(bench) == (BurnInState.RUNNING, None)


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        ((time(22), time(6)), time(23), True),
        ((time(22), time(6)), time(22), True),
        ((time(22), time(6)), time(5, 59), True),
        ((time(22), time(6)), time(6), False),
        ((time(1), time(5)), time(3), True),
        ((time(1), time(5)), time(5), False),
        ((time(1), time(1)), time(1), False),
    ],
)
def test_quiet_hours(hours: tuple[time, time], at: time, quiet: bool) -> None:
    """The end is not part of them; none if they end as they begin."""
    assert is_quiet(hours, at) is quiet
