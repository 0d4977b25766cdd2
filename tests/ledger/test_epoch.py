"""Which ledger this is, and how far: what a restored copy cannot know."""

from pathlib import Path
import shutil

import pytest

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.model import HoldReason
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger

from .builders import NAS_ID, a_burn_in, run


async def test_it_counts_with_the_commit(ledger: SqliteLedger) -> None:
    """One that is not to overwrite anything counts nothing."""
    before = await ledger.epoch()
    assert (len(before.id), before.number) == (32, 0)
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    assert await ledger.epoch() == before
    await ledger.commit(a_burn_in(), AuditEvent.STAGE_STARTED, raises_epoch=True)
    after = await ledger.epoch()
    assert (after.id, after.number) == (before.id, 1)


async def test_it_does_not_count_what_was_not_kept(ledger: SqliteLedger) -> None:
    """Both or none."""
    await ledger.epoch()
    with pytest.raises(LedgerError):
        await ledger.commit(
            a_burn_in(),
            AuditEvent.STAGE_STARTED,
            detail={"odd": object()},
            raises_epoch=True,
        )
    assert (await ledger.epoch()).number == 0


async def test_a_restored_copy_is_behind(path: Path, tmp_path: Path) -> None:
    """It has the same name and a lower number."""
    ledger = await SqliteLedger.open(path, run)
    kept = await ledger.epoch()
    await ledger.close()
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    ledger = await SqliteLedger.open(path, run)
    await ledger.commit(a_burn_in(), AuditEvent.STAGE_STARTED, raises_epoch=True)
    newest = await ledger.epoch()
    await ledger.close()
    restored = await SqliteLedger.open(copy, run)
    assert await restored.epoch() == kept
    assert (newest.id, newest.number) == (kept.id, kept.number + 1)
    await restored.close()


async def test_a_copy_knows_that_it_is_one(path: Path, tmp_path: Path) -> None:
    """Also where no drive was overwritten since: it is another ledger, and on hold."""
    copy = tmp_path / "copy.db"
    ledger = await SqliteLedger.open(path, run)
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    kept = await ledger.epoch()
    await ledger.mark_copies(copied=True)
    await ledger.checkpoint()
    shutil.copy(path, copy)
    await ledger.mark_copies(copied=False)
    await ledger.close()
    restored = await SqliteLedger.open(copy, run)
    await restored.take_over_copy()
    ours = await restored.epoch()
    assert (ours.id != kept.id, ours.number) == (True, kept.number)
    assert await restored.holds(NAS_ID) == {HoldReason.LEDGER_OUTDATED}
    await restored.set_hold(NAS_ID, False, "me", HoldReason.LEDGER_OUTDATED)
    await restored.take_over_copy()
    assert await restored.holds(NAS_ID) == frozenset()
    await restored.close()
    ledger = await SqliteLedger.open(path, run)
    await ledger.take_over_copy()
    assert await ledger.epoch() == kept
    assert await ledger.holds(NAS_ID) == frozenset()
    await ledger.close()


async def test_the_hold_is_kept_apart_from_a_person_s(ledger: SqliteLedger) -> None:
    """Neither takes the other back."""
    await ledger.set_hold(NAS_ID, True, None, HoldReason.LEDGER_OUTDATED)
    await ledger.set_hold(NAS_ID, True, "me")
    await ledger.set_hold(NAS_ID, False, "me")
    assert await ledger.holds(NAS_ID) == {HoldReason.LEDGER_OUTDATED}
    await ledger.set_hold(NAS_ID, False, "me", HoldReason.LEDGER_OUTDATED)
    assert await ledger.holds(NAS_ID) == frozenset()
