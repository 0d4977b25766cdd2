"""The audit trail: rows are only added, each carries the hash of the one before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
import json
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, text

from ..burnin.audit_event import AuditEvent
from ..burnin.ports import LedgerError
from .codec import Row, json_object, time_of, time_text, to_text
from .page import Page
from .tables import AUDIT

GENESIS: Final = "0" * 64
"""What the first row carries as the hash before it."""

_LAST_ID: Final = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing that happened, and who did it."""

    id: int
    at: datetime
    nas_id: str
    burn_in_id: str | None
    serial: str | None
    event: str
    actor: str | None
    detail: Mapping[str, Any]
    previous: str
    hash: str


def append(
    connection: Connection,
    nas_id: str,
    event: AuditEvent,
    *,
    actor: str | None,
    detail: Mapping[str, object] | None,
    burn_in_id: str | None = None,
    serial: str | None = None,
) -> None:
    """Add a row to the end of the chain."""
    newest = select(AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)
    row = {
        "id": _last_id(connection) + 1,
        "at": time_text(datetime.now(UTC)),
        "nas_id": nas_id,
        "burn_in_id": burn_in_id,
        "serial": serial,
        "event": event,
        "actor": actor,
        "detail": to_text(detail or {}),
        "previous": connection.scalar(newest) or GENESIS,
    }
    connection.execute(insert(AUDIT), {**row, "hash": digest(row)})


def page(
    connection: Connection,
    *,
    limit: int,
    offset: int,
    nas_id: str | None,
    burn_in_id: str | None,
) -> Page[AuditRow]:
    """Return rows, newest first."""
    wanted = (("nas_id", nas_id), ("burn_in_id", burn_in_id))
    conditions = [AUDIT.c[name] == value for name, value in wanted if value is not None]
    query = (
        select(AUDIT)
        .where(*conditions)
        .order_by(AUDIT.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    counted = select(func.count()).select_from(AUDIT).where(*conditions)
    total: int = connection.execute(counted).scalar_one()
    return Page(total, tuple(map(_row_of, connection.execute(query).mappings())))


def first_broken(connection: Connection) -> int | None:
    """Return the id of the first row that breaks the chain, None if it holds.

    A row that is missing breaks it too, and so does the end that was cut off.
    """
    previous, last = GENESIS, 0
    query = select(AUDIT).order_by(AUDIT.c.id)
    for row in connection.execute(query).mappings().yield_per(_CHUNK):
        if row["id"] != last + 1:
            return last + 1
        if row["previous"] != previous or row["hash"] != digest(row):
            return last + 1
        previous, last = row["hash"], row["id"]
    return None if last == _last_id(connection) else last + 1


def first_altered(
    connection: Connection, record: Callable[[str], str | None]
) -> int | None:
    """Return the id of the first row about a burn-in that is not as it ended.

    `record` returns the hash of all that is kept of a burn-in, None if that is gone.
    """
    told = func.json_extract(AUDIT.c.detail, "$.record")
    query = (
        select(AUDIT.c.id, AUDIT.c.burn_in_id, told)
        .where(told.is_not(None))
        .order_by(AUDIT.c.id)
    )
    for number, burn_in_id, expected in connection.execute(query).all():
        if record(burn_in_id) != expected:
            return int(number)
    return None


def digest(row: Row) -> str:
    """Return the hash of a row, over everything else in it."""
    return fingerprint(
        {column.name: row[column.name] for column in AUDIT.c if column.name != "hash"}
    )


def fingerprint(content: object) -> str:
    """Return the hash of what is stored, in whatever order the keys come."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _last_id(connection: Connection) -> int:
    return connection.scalar(_LAST_ID) or 0


def _row_of(row: Row) -> AuditRow:
    try:
        return AuditRow(
            **{
                **row,
                "at": time_of(row["at"]),
                "detail": json_object(row["detail"]),
            }
        )
    except (TypeError, ValueError) as err:
        raise LedgerError(f"audit row {row['id']} cannot be read: {err}") from err
