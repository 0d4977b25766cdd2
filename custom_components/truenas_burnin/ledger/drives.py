"""What people wrote down about a drive."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from ..burnin.audit_event import AuditEvent
from . import audit
from .tables import DRIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveInfo:
    """Where a drive sits, and what else there is to say of it."""

    location: str = ""
    notes: str = ""


def info_of(connection: Connection, nas_id: str, identifier: str) -> DriveInfo:
    """Return what is known of a drive, empty if nothing is."""
    query = select(DRIVES.c.location, DRIVES.c.notes).where(
        DRIVES.c.nas_id == nas_id, DRIVES.c.identifier == identifier
    )
    row = connection.execute(query).mappings().one_or_none()
    return DriveInfo() if row is None else DriveInfo(**row)


def infos_of(connection: Connection, nas_id: str) -> dict[str, DriveInfo]:
    """Return what is known of the drives of a system, by drive identifier."""
    query = select(DRIVES).where(DRIVES.c.nas_id == nas_id)
    return {
        row["identifier"]: DriveInfo(location=row["location"], notes=row["notes"])
        for row in connection.execute(query).mappings()
    }


def put_info(
    connection: Connection,
    nas_id: str,
    identifier: str,
    info: DriveInfo,
    actor: str | None,
) -> None:
    """Store what is known of a drive, and who said so."""
    values = asdict(info)
    connection.execute(
        insert(DRIVES)
        .values(nas_id=nas_id, identifier=identifier, **values)
        .on_conflict_do_update(index_elements=DRIVES.primary_key, set_=values)
    )
    detail = {"identifier": identifier, **values}
    audit.append(connection, nas_id, AuditEvent.DRIVE_INFO, actor=actor, detail=detail)
