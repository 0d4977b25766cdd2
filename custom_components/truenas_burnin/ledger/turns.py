"""One connection to the ledger, and whose turn it is to work with it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
import sqlite3
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

BUSY_SECONDS: Final = 5.0
"""How long a ledger that somebody else holds is waited for."""


class Turns:
    """Make one transaction after the other over the connection of an engine.

    A ledger that somebody holds is waited for once, not once for each who waits for
    a turn: until it is free again, everybody else is answered at once.
    """

    def __init__(self, engine: Engine) -> None:
        """Begin with patience."""
        self.engine = engine
        self.lock = Lock()
        self._patient = True

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend the connection for a transaction; whoever calls holds the lock."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as err:
            self._wait(patient=not _is_busy(err.orig))
            raise
        self._wait(patient=True)

    def _wait(self, *, patient: bool) -> None:
        if patient is self._patient:
            return
        self._patient = patient
        milliseconds = int(BUSY_SECONDS * 1000) if patient else 0
        with closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute(f"PRAGMA busy_timeout = {milliseconds}")


def _is_busy(err: BaseException | None) -> bool:
    return getattr(err, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
