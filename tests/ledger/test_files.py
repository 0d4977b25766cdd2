"""The file is made once, and never in place of one that cannot be read."""

import asyncio
from contextlib import closing
from itertools import pairwise
import os
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
from time import monotonic
from unittest.mock import Mock

import pytest
from sqlalchemy.exc import OperationalError

from custom_components.truenas_burnin.burnin.audit_event import AuditEvent
from custom_components.truenas_burnin.burnin.ports import LedgerError
from custom_components.truenas_burnin.ledger import SqliteLedger, files, turns

from .builders import NAS_ID, a_burn_in, alter, run

PAGE = 4096


async def _fill(path: Path) -> None:
    ledger = await SqliteLedger.open(path, run)
    evidence = {"rows": ["x" * 100] * 100}
    for number in range(5):
        burn_in = a_burn_in(number)
        await ledger.commit(burn_in, AuditEvent.QUEUED, detail=evidence)
    await ledger.close()


async def _refused(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(LedgerError) as caught:
        await SqliteLedger.open(path, run)
    assert path.read_bytes() == before
    return str(caught.value)


async def test_a_first_run(path: Path) -> None:
    """Folder and file are for the owner only, and nothing else is left."""
    ledger = await SqliteLedger.open(path, run)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    await ledger.close()
    assert set(path.parent.iterdir()) == {path, path.with_suffix(".made")}


async def test_the_settings_of_the_connection(ledger: SqliteLedger) -> None:
    """A commit is on the disk when it returns."""
    assert ledger._engine is not None
    with ledger._engine.begin() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


async def test_what_a_crash_left_of_the_making_is_no_ledger(path: Path) -> None:
    """The half-made draft is made again."""
    path.parent.mkdir()
    path.with_name("ledger.db.new").write_bytes(b"half")
    ledger = await SqliteLedger.open(path, run)
    assert await ledger.next_position(NAS_ID) == 0
    await ledger.close()
    assert set(path.parent.iterdir()) == {path, path.with_suffix(".made")}


async def test_a_path_with_characters_that_mean_something(tmp_path: Path) -> None:
    """The path is no URI."""
    path = tmp_path / "what?is #this%20" / "ledger.db"
    await _fill(path)
    assert list(tmp_path.rglob("*.db")) == [path]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"SQLite", "the file is not a SQLite database"),
        (b"somebody's letters" * 500, "the file is not a SQLite database"),
        (b"SQLite format 3\0", "file is not a database"),
    ],
)
async def test_a_file_that_is_no_ledger(
    path: Path, content: bytes, reason: str
) -> None:
    """It never looks like a first run."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert await _refused(path) == reason


async def test_a_damaged_header(path: Path) -> None:
    """The beginning was written over."""
    await _fill(path)
    with path.open("r+b") as file:
        file.write(b"\0" * 100)
    assert await _refused(path) == "the file is not a SQLite database"


@pytest.mark.parametrize("pages", [1, 2, 5, 20])
async def test_a_truncated_file(path: Path, pages: int) -> None:
    """The end is missing."""
    await _fill(path)
    os.truncate(path, pages * PAGE)
    assert "malformed" in await _refused(path)


async def test_damaged_pages(path: Path) -> None:
    """Tables were written over, not what describes them: only a check finds that."""
    await _fill(path)
    with closing(sqlite3.connect(path)) as connection:
        roots = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE rootpage > 1"
        ).fetchall()
    with path.open("r+b") as file:
        for (page,) in roots:
            file.seek((page - 1) * PAGE)
            file.write(b"\xa5" * 64)
    assert "damaged" in await _refused(path)


async def test_a_database_of_somebody_else(path: Path) -> None:
    """It is not made ours."""
    path.parent.mkdir()
    alter(path, "CREATE TABLE audit (id)", "CREATE TABLE letters (id)")
    assert await _refused(path) == "the file is a database of somebody else"


async def test_a_ledger_without_one_of_its_tables(path: Path) -> None:
    """Somebody was in it."""
    await _fill(path)
    alter(path, "DROP TABLE drives")
    assert await _refused(path) == "the file has no table drives"


async def test_a_log_without_its_ledger(path: Path) -> None:
    """Where there is a write-ahead log there was a ledger."""
    path.parent.mkdir()
    left = path.with_name("ledger.db-wal")
    left.write_bytes(b"commits")
    with pytest.raises(LedgerError, match=r"ledger\.db is gone, but ledger\.db-wal"):
        await SqliteLedger.open(path, run)
    assert list(path.parent.iterdir()) == [left]
    left.write_bytes(b"")
    assert not path.with_suffix(".made").exists()
    await (await SqliteLedger.open(path, run)).close()


async def test_paths_that_cannot_be(tmp_path: Path) -> None:
    """The reason is the system's."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LedgerError, match="Not a directory"):
        await SqliteLedger.open(tmp_path / "file" / "ledger.db", run)
    with pytest.raises(LedgerError, match="Is a directory"):
        await SqliteLedger.open(tmp_path, run)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(LedgerError, match="No such file"):
        await SqliteLedger.open(tmp_path / "link", run)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
@pytest.mark.parametrize("which", ["file", "folder", "unreadable"])
async def test_a_ledger_that_may_not_be_written(path: Path, which: str) -> None:
    """A ledger that cannot keep is not opened."""
    await _fill(path)
    changed = path.parent if which == "folder" else path
    mode = changed.stat().st_mode
    changed.chmod({"file": 0o400, "folder": 0o500, "unreadable": 0}[which])
    with pytest.raises(LedgerError):
        await SqliteLedger.open(path, run)
    changed.chmod(mode)
    await (await SqliteLedger.open(path, run)).close()


async def test_a_ledger_that_somebody_holds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer is waited for, then it is an error."""
    monkeypatch.setattr(turns, "BUSY_SECONDS", 0.05)
    ledger = await SqliteLedger.open(path, run)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="database is locked"):
        await ledger.record(NAS_ID, AuditEvent.START_REFUSED)
    other.close()
    await ledger.record(NAS_ID, AuditEvent.START_REFUSED)
    await ledger.close()


async def test_a_held_ledger_is_waited_for_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each burn-in that is to be kept: who asks is answered soon."""
    seconds = 0.5
    monkeypatch.setattr(turns, "BUSY_SECONDS", seconds)
    ledger = await SqliteLedger.open(path, run)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    begun = monotonic()
    commits = [ledger.commit(a_burn_in(n), AuditEvent.QUEUED) for n in range(30)]
    failed = await asyncio.gather(*commits, return_exceptions=True)
    assert all("locked" in str(err) for err in failed)
    assert seconds <= monotonic() - begun < 10 * seconds
    other.rollback()
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    assert ledger._engine is not None
    with ledger._engine.connect() as connection:
        waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    assert waits == 1000 * seconds
    other.close()
    await ledger.close()


async def test_a_held_ledger_can_be_opened_and_read(path: Path) -> None:
    """Only who writes wants the lock."""
    await _fill(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    ledger = await SqliteLedger.open(path, run)
    assert len(await ledger.unfinished(NAS_ID)) == 5
    assert len(await ledger.history(NAS_ID, limit=9, offset=0)) == 5
    assert await ledger.next_position(NAS_ID) == 5
    assert await ledger.lost() is None
    assert await ledger.verify_audit() is None
    other.close()
    await ledger.close()


async def test_reading_never_writes(ledger: SqliteLedger) -> None:
    """What is read is what was committed, over a connection that keeps nothing."""
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    with (
        pytest.raises(OperationalError, match="readonly"),
        ledger._reading.transaction() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM holds")
    assert await ledger.get(a_burn_in().id) == a_burn_in()


async def test_no_second_connection(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the first one is let go of too."""
    await _fill(path)
    failing = Mock(side_effect=sqlite3.OperationalError("no more files"))
    monkeypatch.setattr(files, "open_reader", failing)
    with pytest.raises(LedgerError, match="no more files"):
        await SqliteLedger.open(path, run)
    monkeypatch.undo()
    await (await SqliteLedger.open(path, run)).close()
    assert not path.with_name("ledger.db-wal").exists()


async def test_a_checkpoint_makes_the_file_whole(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    """A copy of the file alone holds everything."""
    await ledger.commit(a_burn_in(), AuditEvent.QUEUED)
    await ledger.checkpoint()
    assert path.with_name("ledger.db-wal").stat().st_size == 0
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    restored = await SqliteLedger.open(copy, run)
    assert await restored.get(a_burn_in().id) == a_burn_in()
    await restored.close()


async def test_a_checkpoint_with_another_reader(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not whole is not passed off as such; closing is no matter."""
    monkeypatch.setattr(turns, "BUSY_SECONDS", 0.05)
    ledger = await SqliteLedger.open(path, run)
    other = sqlite3.connect(path)
    other.execute("BEGIN")
    other.execute("SELECT * FROM audit").fetchall()
    await ledger.record(NAS_ID, AuditEvent.START_REFUSED)
    with pytest.raises(LedgerError, match="somebody else reads"):
        await ledger.checkpoint()
    await ledger.close()
    other.close()
    ledger = await SqliteLedger.open(path, run)
    assert len(await ledger.audit(limit=9, offset=0)) == 1
    await ledger.close()


async def test_everything_told_of_survives_a_kill(path: Path) -> None:
    """What was committed is there after SIGKILL, and the chain holds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.ledger.writer",
        str(path),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    told = [(await process.stdout.readline()).decode() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    told += (await process.stdout.read()).decode().splitlines(keepends=True)
    assert await process.wait() == -signal.SIGKILL
    whole = [line.strip() for line in told if line.endswith("\n")]
    assert len(whole) >= 20

    ledger = await SqliteLedger.open(path, run)
    for number, burn_in_id in enumerate(whole):
        assert await ledger.get(burn_in_id) == a_burn_in(number)
    rows = await ledger.audit(limit=100_000, offset=0)
    assert len(rows) in (len(whole), len(whole) + 1)
    assert all(new.previous == old.hash for new, old in pairwise(rows))
    assert await ledger.verify_audit() is None
    await ledger.close()
