"""The audit trail only grows, and tells when somebody changed it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.model import BurnInState
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.audit import GENESIS
from custom_components.truenas_burnin.ledger.tables import AUDIT

from .builders import NAS_ID, OTHER_NAS, a_burn_in, alter, run

DISARM = ("DROP TRIGGER audit_keeps_rows", "DROP TRIGGER audit_keeps_values")


@pytest.fixture
async def ledger(ledger: SqliteLedger) -> SqliteLedger:
    """Return a ledger with five audit rows."""
    await ledger.commit(
        a_burn_in(1), AuditEvent.QUEUED, actor="Ada", detail={"b": 1, "a": [2]}
    )
    await ledger.commit(a_burn_in(2), AuditEvent.QUEUED)
    await ledger.commit(a_burn_in(1), AuditEvent.STARTED)
    await ledger.record(
        NAS_ID, AuditEvent.START_REFUSED, actor="Bob", detail={"why": "in use"}
    )
    await ledger.record(OTHER_NAS, AuditEvent.SELF_TEST_REQUESTED)
    return ledger


async def test_rows(ledger: SqliteLedger) -> None:
    """A row says what happened, when, to what and by whom."""
    refused, started, queued, first = await ledger.audit(
        limit=9, offset=0, nas_id=NAS_ID
    )
    assert (first.id, first.event, first.actor) == (1, "queued", "Ada")
    assert (first.burn_in_id, first.serial) == ("burn-in-00001", "SER001")
    assert first.detail == {"a": [2], "b": 1}
    assert first.previous == GENESIS
    assert abs(datetime.now(UTC) - first.at) < timedelta(minutes=1)
    assert (started.actor, started.detail) == (None, {})
    assert (refused.burn_in_id, refused.serial) == (None, None)
    assert [queued.previous, started.previous] == [first.hash, queued.hash]


async def test_pages(ledger: SqliteLedger) -> None:
    """Pages come newest first."""
    page = await ledger.audit(limit=2, offset=1)
    assert [row.id for row in page] == [4, 3]
    of_one = await ledger.audit(limit=9, offset=0, burn_in_id="burn-in-00001")
    assert [row.event for row in of_one] == ["started", "queued"]
    assert await ledger.audit(limit=9, offset=0, nas_id="nobody") == ()


async def test_rows_can_only_be_added(ledger: SqliteLedger) -> None:
    """The database itself refuses."""
    assert ledger._engine is not None
    for statement in (update(AUDIT).values(actor="Eve"), delete(AUDIT)):
        with (
            pytest.raises(IntegrityError, match="audit rows are never"),
            ledger._engine.begin() as connection,
        ):
            connection.execute(statement)
    assert await ledger.verify_audit() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE burn_ins SET state = 'passed'",
        "UPDATE burn_ins SET findings = '[]'",
        "UPDATE stages SET evidence = '{}' WHERE \"index\" = 0",
        "UPDATE stages SET state = 'passed' WHERE \"index\" = 1",
        'DELETE FROM stages WHERE "index" = 2',
        "DELETE FROM burn_ins",
    ],
)
async def test_a_record_that_was_altered(path: Path, statement: str) -> None:
    """The row that ends a burn-in covers its verdict and its stages."""
    ledger = await SqliteLedger.open(path, run)
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    await ledger.commit(a_burn_in(state=BurnInState.FAILED), AuditEvent.FAILED)
    assert await ledger.verify_audit() is None
    await ledger.close()
    alter(
        path,
        *(
            f"DROP TRIGGER {name}"
            for name in (
                "burn_ins_keep_ended",
                "burn_ins_keep_rows",
                "stages_keep_values",
                "stages_keep_rows",
            )
        ),
        statement,
    )
    ledger = await SqliteLedger.open(path, run)
    assert await ledger.verify_audit() == 2
    await ledger.close()


async def test_the_chain_of_an_empty_ledger_holds(tmp_path: Path) -> None:
    """There is nothing that could be wrong."""
    ledger = await SqliteLedger.open(tmp_path / "ledger.db", run)
    assert await ledger.verify_audit() is None
    await ledger.close()


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        (["UPDATE audit SET actor = 'Eve' WHERE id = 4"], 4),
        (["UPDATE audit SET at = '2020-01-01' WHERE id = 1"], 1),
        (["UPDATE audit SET detail = x'00ff' WHERE id = 2"], 2),
        (["UPDATE audit SET hash = 'x' WHERE id = 5"], 5),
        (["UPDATE audit SET previous = hash WHERE id = 3"], 3),
        (["DELETE FROM audit WHERE id = 1"], 1),
        (["DELETE FROM audit WHERE id = 3"], 3),
        (["DELETE FROM audit WHERE id > 3"], 4),
        (["DELETE FROM audit"], 1),
        (["UPDATE audit SET id = 9 WHERE id = 5"], 5),
        (
            [
                "DELETE FROM audit WHERE id = 3",
                "UPDATE audit SET id = 3 WHERE id = 4",
                "UPDATE audit SET id = 4 WHERE id = 5",
            ],
            3,
        ),
    ],
)
async def test_tampering_is_found(
    ledger: SqliteLedger, path: Path, tampering: Sequence[str], broken: int
) -> None:
    """At the first row that is not as it was, also after more was written."""
    alter(path, *DISARM, *tampering)
    assert await ledger.verify_audit() == broken
    await ledger.record(NAS_ID, AuditEvent.RELEASED)
    assert await ledger.verify_audit() == broken


async def test_a_row_that_cannot_be_read(ledger: SqliteLedger, path: Path) -> None:
    """The row is named."""
    alter(path, *DISARM, "UPDATE audit SET detail = '[1]' WHERE id = 3")
    with pytest.raises(LedgerError, match="audit row 3 cannot be read"):
        await ledger.audit(limit=9, offset=0)


async def test_commits_at_the_same_time(path: Path) -> None:
    """Whoever comes first, the chain stays whole."""
    numbers = range(40)
    with ThreadPoolExecutor() as pool:
        run_in_pool = partial(asyncio.get_running_loop().run_in_executor, pool)
        ledger = await SqliteLedger.open(path, run_in_pool)
        await asyncio.gather(
            *(
                ledger.commit(a_burn_in(number), AuditEvent.QUEUED)
                for number in numbers
            ),
            *(
                ledger.record(OTHER_NAS, AuditEvent.SELF_TEST_REQUESTED)
                for _ in numbers
            ),
            *(ledger.latest(NAS_ID) for _ in numbers),
        )
        rows = await ledger.audit(limit=1000, offset=0)
        assert [row.id for row in rows] == list(range(80, 0, -1))
        assert len(await ledger.unfinished(NAS_ID)) == 40
        assert await ledger.verify_audit() is None
        await ledger.close()
