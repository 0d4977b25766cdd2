"""The file of the ledger: made whole or not at all, and checked before each use."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
import os
from pathlib import Path
import sqlite3
from typing import Final

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from ..burnin.ports import LedgerError
from . import turns
from .migrations import MIGRATIONS, Migrations, migrate
from .tables import METADATA

_MAGIC: Final = b"SQLite format 3\0"
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

type Prepare = Callable[[Connection], None]


class LedgerLost(LedgerError):
    """There was a ledger; it is gone or damaged, and waiting will not bring it back."""


class LedgerForeign(LedgerError):
    """The file is of a newer version or of somebody else: it is to be left alone."""


def open_engine(path: Path, migrations: Migrations = MIGRATIONS) -> Engine:
    """Return the engine of a ledger, which is made if there never was one.

    A file that is damaged, foreign or too new is left as it is. Raise LedgerLost
    if there was a ledger that cannot be read any more, LedgerForeign for what is
    none of ours; any other failure may pass.
    """
    if _missing(path):
        _create(path, migrations)
    _check(path, len(migrations))
    _mark(path)
    return _engine(path, migrations, "PRAGMA journal_mode=WAL")


def open_reader(path: Path) -> Engine:
    """Return the engine of a second connection, for reading: it waits for no writer."""
    connection = _connect(path, "rw")
    connection.execute("PRAGMA query_only=ON")
    return _one_connection(connection, "BEGIN")


def replace_lost(
    path: Path, prepare: Prepare, migrations: Migrations = MIGRATIONS
) -> Engine:
    """Set a lost ledger aside and return the engine of a new one, once prepared.

    What is left of the old one stays beside it as `ledger.db.<time>.bad`, its
    write-ahead log with it.
    """
    _mark(path)
    aside = f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.bad"
    for suffix in ("-wal", "-shm", ""):
        left = path.with_name(f"{path.name}{suffix}")
        if left.exists():
            left.rename(path.with_name(f"{aside}{suffix}"))
    _create(path, migrations, prepare)
    return open_engine(path, migrations)


def checkpoint(engine: Engine) -> bool:
    """Carry the write-ahead log over into the file; tell whether all of it is."""
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((busy, _, _),) = cursor.fetchall()
    return not busy


def _missing(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        left = path.with_name(f"{path.name}-wal")
        if left.exists() and left.stat().st_size:
            raise LedgerLost(f"{path.name} is gone, but {left.name} is not") from None
        if _mark_of(path).exists():
            raise LedgerLost(f"{path.name} is gone") from None
        return True
    return False


def _mark_of(path: Path) -> Path:
    return path.with_suffix(".made")


def _mark(path: Path) -> None:
    """Leave a note beside the ledger: without it a missing one was a first run."""
    mark = _mark_of(path)
    if not mark.exists():
        mark.write_text(f"{path.name} was made here; it is missed if it is gone.\n")


def _create(
    path: Path, migrations: Migrations, prepare: Prepare = lambda connection: None
) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    engine = _engine(draft, migrations, "PRAGMA journal_mode=MEMORY")
    try:
        with engine.begin() as connection:
            prepare(connection)
    finally:
        engine.dispose()
    _sync(draft)
    draft.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(path: Path, known: int) -> None:
    with path.open("r+b") as file:
        magic = file.read(len(_MAGIC))
    if not magic:
        raise LedgerLost("the file is empty")
    if magic != _MAGIC:
        raise LedgerLost("the file is not a SQLite database")
    with closing(_connect(path, "ro")) as connection:
        try:
            _look_into(connection, known)
        except sqlite3.DatabaseError as err:
            if err.sqlite_errorcode & 0xFF in _DAMAGED:
                raise LedgerLost(str(err)) from err
            raise


def _look_into(connection: sqlite3.Connection, known: int) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise LedgerLost(f"the file is damaged: {found}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > known:
        raise LedgerForeign(
            f"the file is of a newer version: {version}, this one knows {known}"
        )
    if not version:
        raise LedgerForeign("the file is a database of somebody else")
    rows = connection.execute("SELECT name FROM sqlite_master").fetchall()
    missing = METADATA.tables.keys() - {name for (name,) in rows}
    if missing and version == known:
        raise LedgerLost(f"the file has no table {min(missing)}")


def _engine(path: Path, migrations: Migrations, journal: str) -> Engine:
    connection = _connect(path, "rw")
    try:
        connection.execute(journal)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        engine = _one_connection(connection, "BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < len(migrations):
            with engine.begin() as transaction:
                migrate(transaction, migrations)
    except BaseException:
        connection.close()
        raise
    return engine


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=turns.BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _one_connection(connection: sqlite3.Connection, begin: str) -> Engine:
    engine = create_engine(
        "sqlite://", creator=lambda: connection, poolclass=StaticPool
    )

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "begin", began)
    # Until then the engine does not have the connection, and would not close it.
    engine.connect().close()
    return engine
