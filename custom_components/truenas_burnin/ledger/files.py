"""The file of the ledger: made whole or not at all, and checked before each use."""

from contextlib import closing
import os
from pathlib import Path
import sqlite3
from typing import Final

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from ..burnin.ports import LedgerError
from .migrations import MIGRATIONS, Migrations, migrate
from .tables import METADATA

_MAGIC: Final = b"SQLite format 3\0"
_BUSY_SECONDS: Final = 5.0


def open_engine(path: Path, migrations: Migrations = MIGRATIONS) -> Engine:
    """Return the engine of a ledger, which is made if there never was one.

    A file that is damaged, foreign or too new is left as it is.
    """
    if _missing(path):
        _create(path, migrations)
    _check(path, len(migrations))
    return _engine(path, migrations, "PRAGMA journal_mode=WAL")


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
            raise LedgerError(f"{path.name} is gone, but {left.name} is not") from None
        return True
    return False


def _create(path: Path, migrations: Migrations) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    _engine(draft, migrations, "PRAGMA journal_mode=MEMORY").dispose()
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
        raise LedgerError("the file is empty")
    if magic != _MAGIC:
        raise LedgerError("the file is not a SQLite database")
    with closing(_connect(path, "ro")) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise LedgerError(f"the file is damaged: {found}")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > known:
            raise LedgerError(
                f"the file is of a newer version: {version}, this one knows {known}"
            )
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
        if missing := METADATA.tables.keys() - {name for (name,) in names}:
            raise LedgerError(f"the file has no table {min(missing)}")


def _engine(path: Path, migrations: Migrations, journal: str) -> Engine:
    connection = _connect(path, "rw")
    try:
        connection.execute(journal)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        engine = create_engine(
            "sqlite://", creator=lambda: connection, poolclass=StaticPool
        )
        event.listen(engine, "begin", _begin)
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
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
