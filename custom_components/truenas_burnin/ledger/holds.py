"""Why a system starts no burn-ins, kept until somebody takes it back."""

from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from ..burnin.audit_event import AuditEvent
from ..burnin.model import HoldReason
from . import audit
from .codec import json_object
from .tables import AUDIT, HOLDS

EVERY_NAS: Final = "*"
"""Stands for all systems, those too that are not known yet."""


def of(connection: Connection, nas_id: str) -> frozenset[HoldReason]:
    """Return what holds a system."""
    query = select(HOLDS.c.reason).where(HOLDS.c.nas_id.in_((nas_id, EVERY_NAS)))
    return frozenset(map(HoldReason, connection.scalars(query)))


def put(
    connection: Connection,
    nas_id: str,
    reason: HoldReason,
    *,
    on: bool,
    actor: str | None,
    detail: str | None = None,
) -> None:
    """Hold a system or take that back, and say who did; no change leaves no row."""
    values = {"nas_id": nas_id, "reason": reason.value}
    changed = connection.execute(
        insert(HOLDS).values(values).on_conflict_do_nothing()
        if on
        else delete(HOLDS).filter_by(**values)
    )
    if changed.rowcount:
        event = AuditEvent.HELD if on else AuditEvent.RELEASED
        said = {"reason": reason.value, "detail": detail}
        audit.append(connection, nas_id, event, actor=actor, detail=said)


def lost(connection: Connection) -> str | None:
    """Return what became of the ledger before this one, while that is a hold."""
    if HoldReason.LEDGER_LOST not in of(connection, EVERY_NAS):
        return None
    query = (
        select(AUDIT.c.detail)
        .where(AUDIT.c.nas_id == EVERY_NAS, AUDIT.c.event == AuditEvent.HELD)
        .order_by(AUDIT.c.id.desc())
        .limit(1)
    )
    return str(json_object(connection.scalars(query).one())["detail"])
