"""Which ledger this is, and how often it has let a drive be overwritten.

A NAS remembers the highest number that it was shown (docs/protocol.md): a ledger that
was restored from a backup, or cloned, cannot pass for the one that went on. While a
backup is made the ledger is marked: one that is opened with that mark is a copy, also
where no drive was overwritten since.
"""

from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from ..truenas.surface import Epoch
from .tables import EPOCH


def of(connection: Connection) -> Epoch:
    """Return the epoch; the first to ask gives the ledger its id."""
    row = connection.execute(select(EPOCH)).mappings().one_or_none()
    if row is None:
        new = Epoch(id=uuid4().hex, number=0)
        connection.execute(insert(EPOCH).values(id=new.id, number=new.number, copied=0))
        return new
    return Epoch(id=row["id"], number=row["number"])


def mark(connection: Connection, *, copied: bool) -> None:
    """Have copies that are made from now on tell that they are copies, or no more."""
    of(connection)
    connection.execute(update(EPOCH).values(copied=int(copied)))


def is_copy(connection: Connection) -> bool:
    """Tell whether this is a copy of a ledger that has gone on."""
    return connection.scalar(select(EPOCH.c.copied)) == 1


def renew(connection: Connection) -> None:
    """Give a copy an id of its own."""
    connection.execute(update(EPOCH).values(id=uuid4().hex, copied=0))


def count(connection: Connection) -> None:
    """Count one further."""
    of(connection)
    connection.execute(update(EPOCH).values(number=EPOCH.c.number + 1))
