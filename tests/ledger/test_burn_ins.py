"""Burn-ins are found again, in their order."""

from dataclasses import replace
from datetime import timedelta
import time

import pytest
from sqlalchemy import insert

from custom_components.truenas_burnin.burnin.model import BurnIn, BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.codec import (
    burn_in_row,
    stage_row,
    time_text,
)
from custom_components.truenas_burnin.ledger.tables import BURN_INS, STAGES

from .builders import NAS_ID, OTHER_NAS, START, a_burn_in, an_identity

MANY = 10_000


async def _keep(ledger: SqliteLedger, *burn_ins: BurnIn) -> None:
    for burn_in in burn_ins:
        await ledger.commit(burn_in, "kept")


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
    await _keep(ledger, *(a_burn_in(n, state=states[n]) for n in reversed(states)))
    await _keep(ledger, a_burn_in(50, nas_id=OTHER_NAS))
    found = await ledger.unfinished(NAS_ID)
    assert [burn_in.state for burn_in in found] == [
        BurnInState.QUEUED,
        BurnInState.RUNNING,
        BurnInState.PAUSED,
    ]


async def test_latest(ledger: SqliteLedger) -> None:
    """The newest of each drive; of those queued at once the last in the queue."""
    first, second = an_identity(1), an_identity(2)
    newest = a_burn_in(3, drive=first)
    later = a_burn_in(4, drive=second, created=START, position=9)
    await _keep(
        ledger,
        newest,
        a_burn_in(1, drive=first),
        later,
        a_burn_in(2, drive=second, created=START, position=3),
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
        a_burn_in(1),
        a_burn_in(3, state=BurnInState.PASSED),
        a_burn_in(2, nas_id=OTHER_NAS, drive=an_identity(1)),
        a_burn_in(4, created=START, position=2),
        a_burn_in(5, created=START, position=1),
    )
    assert _ids(await ledger.history(None, limit=9, offset=0)) == [3, 2, 1, 4, 5]
    assert _ids(await ledger.history(NAS_ID, limit=2, offset=1)) == [1, 4]
    assert await ledger.history(NAS_ID, limit=2, offset=9) == ()
    passed = await ledger.history(None, limit=9, offset=0, state="passed")
    assert _ids(passed) == [3]
    of_drive = await ledger.history(None, limit=9, offset=0, serial="SER001")
    assert _ids(of_drive) == [2, 1]
    both = await ledger.history(
        NAS_ID, limit=9, offset=0, state=BurnInState.RUNNING, serial="SER001"
    )
    assert both == (a_burn_in(1),)


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


async def test_stages_that_are_no_more(ledger: SqliteLedger) -> None:
    """What is read is what was committed last."""
    await _keep(ledger, a_burn_in())
    shorter = replace(a_burn_in(), stages=a_burn_in().stages[:2])
    await _keep(ledger, shorter)
    assert await ledger.get(shorter.id) == shorter


async def test_a_page_of_a_long_history(ledger: SqliteLedger) -> None:
    """Fifty of ten thousand burn-ins are read in less than 50 ms."""
    row = burn_in_row(a_burn_in())
    stages = [stage_row("", n, stage) for n, stage in enumerate(a_burn_in().stages)]
    ids = [f"burn-in-{number:05d}" for number in range(MANY)]
    assert ledger._engine is not None
    with ledger._engine.begin() as connection:
        connection.execute(
            insert(BURN_INS),
            [
                {**row, "id": id_, "created": time_text(START + timedelta(minutes=n))}
                for n, id_ in enumerate(ids)
            ],
        )
        connection.execute(
            insert(STAGES),
            [{**stage, "burn_in_id": id_} for id_ in ids for stage in stages],
        )
    for wanted in (
        {"nas_id": NAS_ID, "offset": 0},
        {"nas_id": None, "offset": MANY - 50},
        {"nas_id": NAS_ID, "offset": 5000, "state": "running"},
        {"nas_id": NAS_ID, "offset": 0, "serial": "SER001"},
    ):
        took = []
        for _ in range(5):
            before = time.perf_counter()
            found = await ledger.history(limit=50, **wanted)
            took.append(time.perf_counter() - before)
            assert len(found) == 50
            assert all(len(burn_in.stages) == len(stages) for burn_in in found)
        assert min(took) < 0.05, wanted
