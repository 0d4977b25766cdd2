"""A ledger that is gone or damaged is missed, set aside, and held for."""

from pathlib import Path
import sqlite3

import pytest

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.model import HoldReason
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import (
    LedgerForeign,
    LedgerLost,
    SqliteLedger,
    files,
    turns,
)
from custom_components.truenas_burnin.ledger.migrations import MIGRATIONS

from .builders import NAS_ID, OTHER_NAS, a_burn_in, run


async def a_kept_burn_in(path: Path) -> None:
    """Make a ledger with a burn-in in it."""
    ledger = await SqliteLedger.open(path, run)
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    await ledger.close()


async def lost(path: Path) -> str:
    """Return why a ledger counts as lost."""
    with pytest.raises(LedgerLost) as caught:
        await SqliteLedger.open(path, run)
    return str(caught.value)


async def test_a_deleted_ledger_is_missed(path: Path) -> None:
    """A first run looks different."""
    await a_kept_burn_in(path)
    path.unlink()
    assert await lost(path) == "ledger.db is gone"


@pytest.mark.parametrize(
    "content", [b"", b"x" * 5000, b"SQLite format 3\0" + b"?" * 99]
)
async def test_what_was_written_over_is_lost(path: Path, content: bytes) -> None:
    """Waiting will not bring it back."""
    await a_kept_burn_in(path)
    path.write_bytes(content)
    assert await lost(path)


async def test_a_newer_or_a_locked_ledger_is_not_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused and left: an update or a moment may help."""
    files.open_engine(path, (*MIGRATIONS, ("SELECT 1",))).dispose()
    with pytest.raises(LedgerForeign):
        await SqliteLedger.open(path, run)
    path.unlink()
    path.with_suffix(".made").unlink()
    await a_kept_burn_in(path)
    monkeypatch.setattr(turns, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(path)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerError, match="locked") as caught:
        await SqliteLedger.open(path, run)
    assert not isinstance(caught.value, (LedgerForeign, LedgerLost))
    holder.close()


async def test_a_lost_ledger_is_set_aside_and_a_new_one_held(path: Path) -> None:
    """Nothing of it is thrown away, and every NAS is on hold until it is accepted."""
    await a_kept_burn_in(path)
    path.write_bytes(b"ruined")
    path.with_name("ledger.db-wal").write_bytes(b"the last commits")
    ledger = await SqliteLedger.replace_lost(path, run, "it was ruined")
    aside = {item.name.rpartition(".")[2]: item for item in path.parent.glob("*bad*")}
    assert aside["bad"].read_bytes() == b"ruined"
    assert aside["bad-wal"].read_bytes() == b"the last commits"
    for nas_id in (NAS_ID, OTHER_NAS):
        assert await ledger.holds(nas_id) == {HoldReason.LEDGER_LOST}
    assert await ledger.lost() == "it was ruined"
    await ledger.close()
    ledger = await SqliteLedger.open(path, run)
    assert await ledger.lost() == "it was ruined"
    await ledger.accept_loss("mia")
    assert await ledger.lost() is None
    assert await ledger.holds(NAS_ID) == frozenset()
    rows = await ledger.audit(limit=9, offset=0)
    assert [(row.event, row.actor) for row in rows] == [
        ("released", "mia"),
        ("held", None),
    ]
    assert await ledger.verify_audit() is None
    await ledger.close()


async def test_a_person_s_hold_is_another_one(path: Path) -> None:
    """Taking it back does not accept the loss."""
    path.parent.mkdir()
    ledger = await SqliteLedger.replace_lost(path, run, "gone")
    await ledger.set_hold(NAS_ID, True, "mia")
    assert await ledger.holds(NAS_ID) == {
        HoldReason.LEDGER_LOST,
        HoldReason.PERSON,
    }
    await ledger.set_hold(NAS_ID, False, "mia")
    assert await ledger.holds(NAS_ID) == {HoldReason.LEDGER_LOST}
    await ledger.close()


async def test_a_crash_while_a_new_one_is_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one is aside, the new one not there: still no first run."""
    await a_kept_burn_in(path)
    path.write_bytes(b"ruined")

    def dies(*arguments: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "_create", dies)
        with pytest.raises(LedgerError, match="No space left"):
            await SqliteLedger.replace_lost(path, run, "ruined")
    assert await lost(path) == "ledger.db is gone"


async def test_a_full_disk_changes_nothing(path: Path) -> None:
    """What cannot be kept is an error; what was kept stays, and it goes on later."""
    ledger = await SqliteLedger.open(path, run)
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    assert ledger._engine is not None
    with ledger._engine.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    big = {"rows": ["x" * 1000] * 100}
    with pytest.raises(LedgerError, match="full"):
        await ledger.commit(a_burn_in(2), AuditEvent.QUEUED, detail=big)
    assert await ledger.get(a_burn_in(2).id) is None
    assert await ledger.get(a_burn_in().id) == a_burn_in()
    assert await ledger.verify_audit() is None
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    await ledger.commit(a_burn_in(2), AuditEvent.QUEUED, detail=big)
    await ledger.close()


async def test_an_older_ledger_gets_its_new_tables(path: Path) -> None:
    """A table that a migration brings is not missed before it has run."""
    path.parent.mkdir()
    path.touch(mode=0o600)
    files._engine(path, MIGRATIONS[:1], "PRAGMA journal_mode=MEMORY").dispose()
    ledger = await SqliteLedger.open(path, run)
    assert await ledger.holds(NAS_ID) == frozenset()
    await ledger.close()
