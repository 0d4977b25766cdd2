"""Every failure is a LedgerError, and leaves the ledger as it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.evidence import Checkpoint, SurfaceRun
from custom_components.truenas_burnin.burnin.model import Stage, StageKind
from custom_components.truenas_burnin.burnin.ports import Ledger, LedgerError
from custom_components.truenas_burnin.ledger import DriveInfo, SqliteLedger

from .builders import NAS_ID, START, a_burn_in, alter, an_identity, run


async def test_it_is_the_ledger_the_runner_needs(path: Path) -> None:
    """And everything is there after it was closed and opened again."""
    kept: Ledger = (ledger := await SqliteLedger.open(path, run))
    await kept.commit(a_burn_in(), AuditEvent.QUEUED)
    await ledger.close()
    again = await SqliteLedger.open(path, run)
    assert await again.unfinished(NAS_ID) == (a_burn_in(),)
    await again.close()


async def test_after_close_nothing_works(ledger: SqliteLedger) -> None:
    """Except to close it once more."""
    await ledger.close()
    calls = (
        ledger.commit(a_burn_in(), AuditEvent.QUEUED),
        ledger.record(NAS_ID, AuditEvent.START_REFUSED),
        ledger.next_position(NAS_ID),
        ledger.unfinished(NAS_ID),
        ledger.latest(NAS_ID),
        ledger.history(NAS_ID, limit=1, offset=0),
        ledger.get("burn-in-00001"),
        ledger.drive_info(NAS_ID, "drive"),
        ledger.set_drive_info(NAS_ID, "drive", DriveInfo()),
        ledger.audit(limit=1, offset=0),
        ledger.verify_audit(),
        ledger.checkpoint(),
    )
    for call in calls:
        with pytest.raises(LedgerError, match="the ledger is closed"):
            await call
    await ledger.close()


WRONG: Any = START
NAN = SurfaceRun(
    profile=(Checkpoint(ranges=1, done=1, seconds=float("nan"), temperature=2),)
)


@pytest.mark.parametrize(
    "changes",
    [
        {"created": START.replace(tzinfo=None)},
        {"drive": replace(an_identity(), size=2**63)},
        {"operator": "\ud800"},
        {"device": None},
        {"stages": (Stage(kind=StageKind.PRECHECK, evidence=NAN),)},
    ],
)
async def test_what_cannot_be_kept(
    ledger: SqliteLedger, changes: dict[str, Any]
) -> None:
    """Neither the burn-in nor its audit row is."""
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    with pytest.raises(LedgerError):
        await ledger.commit(a_burn_in(**changes), AuditEvent.STAGE_RUNNING)
    with pytest.raises(LedgerError):
        await ledger.commit(a_burn_in(2), AuditEvent.QUEUED, detail={"at": START})
    assert await ledger.latest(NAS_ID) == {an_identity().identifier: a_burn_in()}
    assert len(await ledger.audit(limit=9, offset=0)) == 1
    assert await ledger.verify_audit() is None


async def test_a_full_disk(ledger: SqliteLedger) -> None:
    """The commit is refused as a whole, later ones are kept."""
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    assert ledger._engine is not None
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    large = {"rows": "x" * 100_000}
    with pytest.raises(LedgerError, match="database or disk is full"):
        await ledger.commit(a_burn_in(2), AuditEvent.QUEUED, detail=large)
    assert await ledger.get(a_burn_in(2).id) is None
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    await ledger.commit(a_burn_in(2), AuditEvent.QUEUED, detail=large)
    assert await ledger.get(a_burn_in(2).id) == a_burn_in(2)
    assert await ledger.verify_audit() is None


async def test_a_value_somebody_changed(ledger: SqliteLedger, path: Path) -> None:
    """The burn-in is named, and others can still be read."""
    await ledger.commit(a_burn_in(1), AuditEvent.QUEUED)
    await ledger.commit(a_burn_in(2), AuditEvent.QUEUED)
    alter(path, "UPDATE burn_ins SET state = 'tired' WHERE id = 'burn-in-00001'")
    with pytest.raises(LedgerError, match="burn-in burn-in-00001 cannot be read"):
        await ledger.latest(NAS_ID)
    assert await ledger.get("burn-in-00002") == a_burn_in(2)
