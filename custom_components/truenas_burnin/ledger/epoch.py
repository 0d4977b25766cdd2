"""Which ledger this is, and how often it has let a drive be overwritten.

A NAS remembers the highest number that it was shown (docs/protocol.md): a ledger that
was restored from a backup, or cloned, cannot pass for the one that went on.
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
        connection.execute(insert(EPOCH).values(id=new.id, number=new.number))
        return new
    return Epoch(id=row["id"], number=row["number"])


def count(connection: Connection) -> None:
    """Count one further."""
    of(connection)
    connection.execute(update(EPOCH).values(number=EPOCH.c.number + 1))
