"""What drives said of themselves when a person asked, without writing to them."""

from collections.abc import Iterable, Iterator
import logging

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from ..burnin.known import HealthReading
from ..truenas.models import SmartReport
from ..truenas.surface import ContentItem
from .codec import Row, of_text, time_of, time_text, to_text
from .tables import HEALTH

_LOGGER = logging.getLogger(__name__)


def of(connection: Connection, nas_id: str) -> dict[str, HealthReading]:
    """Return the newest reading of each drive of a system, by drive identifier."""
    query = select(HEALTH).where(HEALTH.c.nas_id == nas_id)
    return dict(_readable(connection.execute(query).mappings().all()))


def put(
    connection: Connection, nas_id: str, identifier: str, reading: HealthReading
) -> None:
    """Store a reading in the place of the one before."""
    content = reading.content
    values = {
        "serial": reading.serial,
        "at": time_text(reading.at),
        "report": to_text(reading.report),
        "content": None if content is None else to_text(content),
    }
    connection.execute(
        insert(HEALTH)
        .values(nas_id=nas_id, identifier=identifier, **values)
        .on_conflict_do_update(index_elements=HEALTH.primary_key, set_=values)
    )


def _readable(rows: Iterable[Row]) -> Iterator[tuple[str, HealthReading]]:
    """Yield what can be read: the drive can be asked again for the rest."""
    for row in rows:
        content = row["content"]
        try:
            yield (
                row["identifier"],
                HealthReading(
                    serial=row["serial"],
                    at=time_of(row["at"]),
                    report=of_text(SmartReport, row["report"]),
                    content=None
                    if content is None
                    else of_text(tuple[ContentItem, ...], content),
                ),
            )
        except (TypeError, ValueError) as err:
            _LOGGER.warning("The health of %s was forgotten: %s", row["serial"], err)
