"""Burn-ins are found again, in their order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.evidence import SmartRecord
from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.tables import BURN_INS, STAGES

from .builders import NAS_ID, OTHER_NAS, START, a_burn_in, an_identity


async def _keep(ledger: SqliteLedger, *burn_ins: BurnIn) -> None:
    for burn_in in burn_ins:
        await ledger.commit(burn_in, AuditEvent.QUEUED)


def _ids(burn_ins: tuple[BurnIn, ...]) -> list[int]:
    return [int(burn_in.id.rpartition("-")[2]) for burn_in in burn_ins]


async def test_the_end_of_the_queue(ledger: SqliteLedger) -> None:
    """Each system has its own queue."""
    assert await ledger.next_position(NAS_ID) == 0
    await _keep(ledger, a_burn_in(1, position=0), a_burn_in(2, position=7))
    assert await ledger.next_position(NAS_ID) == 8
    assert await ledger.next_position(OTHER_NAS) == 0


async def test_unfinished(ledger: SqliteLedger) -> None:
    """What has not ended comes oldest first."""
    states = dict(enumerate(BurnInState))
    await _keep(ledger, *(a_burn_in(n, state=states[n]) for n in states))
    await _keep(ledger, a_burn_in(50, nas_id=OTHER_NAS))
    found = await ledger.unfinished(NAS_ID)
    assert [burn_in.state for burn_in in found] == [
        BurnInState.QUEUED,
        BurnInState.RUNNING,
        BurnInState.PAUSED,
        BurnInState.CANCELLING,
    ]


async def test_latest(ledger: SqliteLedger) -> None:
    """The newest of each drive: the one that was queued last."""
    first, second = an_identity(1), an_identity(2)
    newest, later = a_burn_in(3, drive=first), a_burn_in(4, drive=second)
    await _keep(
        ledger,
        a_burn_in(1, drive=first),
        a_burn_in(2, drive=second),
        later,
        newest,
        a_burn_in(9, drive=first, nas_id=OTHER_NAS),
    )
    assert await ledger.latest(NAS_ID) == {
        first.identifier: newest,
        second.identifier: later,
    }
    assert await ledger.latest("nobody") == {}


async def test_history(ledger: SqliteLedger) -> None:
    """Pages come newest first, of one system or of all."""
    await _keep(
        ledger,
        a_burn_in(5),
        a_burn_in(4),
        a_burn_in(1),
        a_burn_in(2, nas_id=OTHER_NAS, drive=an_identity(1)),
        a_burn_in(3, state=BurnInState.PASSED),
    )
    assert _ids(await ledger.history(None, limit=9, offset=0)) == [3, 2, 1, 4, 5]
    assert _ids(await ledger.history(NAS_ID, limit=2, offset=1)) == [1, 4]
    assert await ledger.history(NAS_ID, limit=2, offset=9) == ()
    passed = await ledger.history(None, limit=9, offset=0, state="passed")
    assert _ids(passed) == [3]
    drives = [(NAS_ID, "SER001"), (OTHER_NAS, "SER001"), (OTHER_NAS, "SER004")]
    of_drives = await ledger.history(None, limit=9, offset=0, drives=drives)
    assert _ids(of_drives) == [2, 1]
    both = await ledger.history(
        None, limit=9, offset=0, state=BurnInState.RUNNING, drives=drives[:1]
    )
    light = replace(a_burn_in(1).stages[0], evidence=SmartRecord())
    assert both == (a_burn_in(1, stages=(light, *a_burn_in(1).stages[1:])),)


async def test_a_search(ledger: SqliteLedger) -> None:
    """A part of a serial, a model or a device, however strange it looks."""
    odd = replace(an_identity(4), model="100%_wd")
    await _keep(ledger, *(a_burn_in(n) for n in range(1, 4)), a_burn_in(4, drive=odd))
    for search, found in (
        ("ser00", [4, 3, 2, 1]),
        ("R003", [3]),
        ("80efax", [3, 2, 1]),
        ("ada2", [2]),
        ("0%_w", [4]),
        ("ada_", []),
        ("'; --", []),
        ("", [4, 3, 2, 1]),
    ):
        page = await ledger.history_page(None, limit=9, offset=0, search=search)
        assert (_ids(page.rows), page.total) == (found, len(found)), search
    page = await ledger.history_page(NAS_ID, limit=1, offset=1, search="SER")
    assert (_ids(page.rows), page.total) == ([3], 4)


async def test_get(ledger: SqliteLedger) -> None:
    """One burn-in by its id."""
    await _keep(ledger, a_burn_in(1))
    assert await ledger.get("burn-in-00001") == a_burn_in(1)
    assert await ledger.get("burn-in-00002") is None


async def test_only_stages_that_changed_are_written(ledger: SqliteLedger) -> None:
    """The evidence of a stage that has ended is not written with every progress."""
    burn_in = a_burn_in()
    await _keep(ledger, burn_in)
    assert ledger._engine is not None
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TEMP TRIGGER untouched BEFORE UPDATE ON stages"
            " WHEN old.\"index\" != 1 BEGIN SELECT RAISE(ABORT, 'touched'); END"
        )
    first, second, *others = burn_in.stages
    moved = replace(burn_in, stages=(first, replace(second, percent=13.0), *others))
    await _keep(ledger, moved)
    assert await ledger.get(burn_in.id) == moved
    with pytest.raises(LedgerError, match="touched"):
        await _keep(ledger, replace(moved, stages=(second, second, *others)))
    assert await ledger.get(burn_in.id) == moved


async def test_the_clock_does_not_order(ledger: SqliteLedger) -> None:
    """A drive that failed last has failed, though the clock was set back a month."""
    passed = a_burn_in(1, state=BurnInState.PASSED)
    failed = a_burn_in(
        2,
        drive=an_identity(1),
        state=BurnInState.FAILED,
        created=START - timedelta(days=30),
    )
    await _keep(ledger, passed, failed)
    assert await ledger.latest(NAS_ID) == {an_identity(1).identifier: failed}
    assert _ids(await ledger.history(None, limit=9, offset=0)) == [2, 1]


@pytest.mark.parametrize(
    "state", [state for state in BurnInState if state.final], ids=str
)
async def test_what_has_ended_stays_as_it_is(
    ledger: SqliteLedger, state: BurnInState
) -> None:
    """The database itself refuses to change or to forget it."""
    await _keep(ledger, a_burn_in())
    ended = a_burn_in(state=state)
    first, *others = ended.stages
    changed = replace(first, percent=3.0)
    await _keep(ledger, replace(ended, stages=(changed, *others)))
    kept = await ledger.get(ended.id)
    for attempt in (
        replace(ended, state=BurnInState.PASSED, reasons=()),
        ended,
        replace(ended, stages=(changed,)),
    ):
        with pytest.raises(LedgerError, match="never changed"):
            await _keep(ledger, attempt)
    assert ledger._engine is not None
    for statement in (delete(BURN_INS), delete(STAGES)):
        with (
            pytest.raises(IntegrityError, match="never"),
            ledger._engine.begin() as connection,
        ):
            connection.execute(statement)
    assert await ledger.get(ended.id) == kept


async def test_stages_that_are_no_more(ledger: SqliteLedger) -> None:
    """What is read is what was committed last."""
    await _keep(ledger, a_burn_in())
    shorter = replace(a_burn_in(), stages=a_burn_in().stages[:2])
    await _keep(ledger, shorter)
    assert await ledger.get(shorter.id) == shorter
