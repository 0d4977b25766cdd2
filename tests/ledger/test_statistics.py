"""What all burn-ins together say, counted by the database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.model import (
    BurnIn,
    BurnInState,
    Stage,
    StageKind,
    StageState,
)
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.statistics import Day, Group

from .builders import NAS_ID, OTHER_NAS, START, a_burn_in, an_identity

NOW = START + timedelta(days=1)
TB = 10**12


def ended(number: int, state: BurnInState, **changes: Any) -> BurnIn:
    """Return a burn-in of a whole surface that ended an hour after the start."""
    surface = Stage(
        kind=StageKind.SURFACE_VALIDATE,
        state=StageState(state.value),
        started=START,
        finished=START + timedelta(hours=number),
    )
    plain: dict[str, Any] = {
        "state": state,
        "stages": (surface,),
        "drive": replace(an_identity(number), size=number * TB),
        "finished": START + timedelta(hours=1),
    }
    return a_burn_in(number, **plain | changes)


async def keep(ledger: SqliteLedger, *burn_ins: BurnIn) -> None:
    """Store burn-ins."""
    for burn_in in burn_ins:
        await ledger.commit(burn_in, AuditEvent.QUEUED)


async def test_nothing(ledger: SqliteLedger) -> None:
    """Before the first burn-in there are fourteen quiet days."""
    found = await ledger.statistics(None, NOW)
    assert (found.total, found.states, found.by_model, found.by_size) == (0, {}, (), ())
    assert found.daily[0] == Day(day=date(2026, 11, 12), passed=0, failed=0, other=0)
    assert found.daily[-1].day == date(2026, 11, 25)
    assert len(found.daily) == 14
    assert (found.seconds_per_tb, found.failures_by_stage) == (None, {})


async def test_groups(ledger: SqliteLedger) -> None:
    """By model and by size, the biggest first; a rate is of those that were judged."""
    other = replace(an_identity(9), model="ST4000VN008", size=TB)
    await keep(
        ledger,
        ended(1, BurnInState.PASSED),
        ended(2, BurnInState.PASSED),
        ended(3, BurnInState.FAILED),
        ended(4, BurnInState.CANCELLED),
        ended(9, BurnInState.INCONCLUSIVE, drive=other),
        a_burn_in(10, drive=other),
    )
    found = await ledger.statistics(NAS_ID, NOW)
    assert found.total == 6
    assert found.states[BurnInState.RUNNING] == 1
    first, second = found.by_model
    assert first == Group(name="WD80EFAX", total=4, passed=2, failed=1)
    assert first.rate == 0.6667
    assert (second.name, second.total, second.rate) == ("ST4000VN008", 2, None)
    sizes = [(group.name, group.total) for group in found.by_size]
    assert sizes == [(TB, 3), (2 * TB, 1), (3 * TB, 1), (4 * TB, 1)]


async def test_of_one_system(ledger: SqliteLedger) -> None:
    """The others do not count in any of it."""
    await keep(
        ledger,
        ended(1, BurnInState.PASSED),
        ended(2, BurnInState.FAILED, nas_id=OTHER_NAS),
    )
    one = await ledger.statistics(NAS_ID, NOW)
    assert (one.total, one.failures_by_stage) == (1, {})
    assert one.seconds_per_tb == 3600
    two = await ledger.statistics(OTHER_NAS, NOW)
    assert two.failures_by_stage == {StageKind.SURFACE_VALIDATE: 1}
    assert two.seconds_per_tb is None
    assert (two.daily[-2].passed, two.daily[-2].failed) == (0, 1)
    both = await ledger.statistics(None, NOW)
    assert (both.total, both.daily[-2].passed, both.daily[-2].failed) == (2, 1, 1)


async def test_seconds_per_terabyte(ledger: SqliteLedger) -> None:
    """Of passed surface passes, weighed by their size; the others took no full time."""
    await keep(
        ledger,
        ended(1, BurnInState.PASSED),
        ended(3, BurnInState.PASSED, drive=replace(an_identity(3), size=TB)),
        ended(5, BurnInState.FAILED),
    )
    found = await ledger.statistics(None, NOW)
    assert found.seconds_per_tb == 2 * 3600


async def test_failures_by_stage(ledger: SqliteLedger) -> None:
    """In the order of the stages."""

    def failed(number: int, kind: StageKind) -> BurnIn:
        stages = (Stage(kind=kind, state=StageState.FAILED),)
        return ended(number, BurnInState.FAILED, stages=stages)

    await keep(
        ledger,
        failed(1, StageKind.FINAL_CHECK),
        failed(2, StageKind.LONG_SMART),
        failed(3, StageKind.LONG_SMART),
        ended(4, BurnInState.INCONCLUSIVE),
    )
    found = await ledger.statistics(None, NOW)
    assert list(found.failures_by_stage.items()) == [
        (StageKind.LONG_SMART, 2),
        (StageKind.FINAL_CHECK, 1),
    ]


async def test_days_are_those_of_the_calendar_at_home(ledger: SqliteLedger) -> None:
    """Midnight is local, also on the day that clocks are changed."""
    berlin = ZoneInfo("Europe/Berlin")
    ends = {
        1: datetime(2026, 10, 24, 21, 59, tzinfo=UTC),
        2: datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        3: datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
        4: datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    }
    await keep(
        ledger,
        *(
            ended(number, BurnInState.PASSED, finished=finished)
            for number, finished in ends.items()
        ),
    )
    found = await ledger.statistics(None, datetime(2026, 10, 26, 9, 0, tzinfo=berlin))
    assert [day.passed for day in found.daily[-3:]] == [1, 2, 1]
    assert found.daily[-1].day == date(2026, 10, 26)


async def test_activity_before_and_after(ledger: SqliteLedger) -> None:
    """Fifteen days ago and tomorrow are not in it; what was cancelled is other."""
    for number, days in enumerate((-14, -13, 0, 1), 1):
        when = NOW + timedelta(days=days)
        await keep(ledger, ended(number, BurnInState.CANCELLED, finished=when))
    found = await ledger.statistics(None, NOW)
    assert sum(day.other for day in found.daily) == 2
    assert (found.daily[0].other, found.daily[-1].other) == (1, 1)
