"""Which drive is which, so that one is known again after a restart."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from ..truenas.identities import KnownDrive
from .tables import IDENTITIES


def of(connection: Connection, nas_id: str) -> tuple[KnownDrive, ...]:
    """Return every drive that a system was seen to have."""
    query = select(IDENTITIES).where(IDENTITIES.c.nas_id == nas_id)
    return tuple(
        KnownDrive(
            identifier=row["identifier"],
            called=row["called"],
            serial=row["serial"],
            lunid=row["lunid"],
            size=row["size"],
        )
        for row in connection.execute(query).mappings()
    )


def put(connection: Connection, nas_id: str, drives: Iterable[KnownDrive]) -> None:
    """Keep what was learned of some drives, in the place of what was known."""
    statement = insert(IDENTITIES)
    changed = {
        column.name: statement.excluded[column.name]
        for column in IDENTITIES.c
        if not column.primary_key
    }
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=IDENTITIES.primary_key, set_=changed
        ),
        [{"nas_id": nas_id, **asdict(drive)} for drive in drives],
    )
