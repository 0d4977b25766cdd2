"""What was told in the daily reports, so that nothing is told twice or never."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from ..burnin.model import BurnIn
from . import burn_ins
from .codec import time_of, time_text
from .tables import AUDIT, DAILY_REPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """When the newest report of a system was made, and up to which audit row.

    What has ended since is told by those rows: they are in order whatever the clock
    was set to, and one is written with each end.
    """

    at: datetime
    audit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The burn-ins that ended after an audit row, in order, and the newest row."""

    burn_ins: tuple[BurnIn, ...]
    audit_id: int


def of(connection: Connection, nas_id: str) -> Reported | None:
    """Return what was reported of a system, None before the first time."""
    query = select(DAILY_REPORTS).where(DAILY_REPORTS.c.nas_id == nas_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return Reported(at=time_of(row["at"]), audit_id=row["audit_id"])


def put(connection: Connection, nas_id: str, reported: Reported) -> None:
    """Store what was reported of a system, in the place of what was before."""
    values = {"at": time_text(reported.at), "audit_id": reported.audit_id}
    connection.execute(
        insert(DAILY_REPORTS)
        .values(nas_id=nas_id, **values)
        .on_conflict_do_update(index_elements=DAILY_REPORTS.primary_key, set_=values)
    )


def ended_since(connection: Connection, nas_id: str, audit_id: int) -> Ended:
    """Return what has ended on a system since an audit row was written."""
    ends = (
        select(AUDIT.c.burn_in_id)
        .where(
            AUDIT.c.id > audit_id,
            AUDIT.c.nas_id == nas_id,
            func.json_extract(AUDIT.c.detail, "$.record").is_not(None),
        )
        .order_by(AUDIT.c.id)
    )
    newest: int = connection.scalar(select(func.max(AUDIT.c.id))) or 0
    ids = dict.fromkeys(connection.scalars(ends))
    return Ended(burn_ins=burn_ins.listed(connection, ids), audit_id=newest)
