"""What drives said of themselves, over a restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from custom_components.truenas_burnin.burnin.known import HealthReading
from custom_components.truenas_burnin.ledger import SqliteLedger
from custom_components.truenas_burnin.ledger.tables import HEALTH
from custom_components.truenas_burnin.truenas.surface import ContentItem

from ..burnin.fakes import a_drive, a_report, a_test
from ..truenas.test_reports import LINES, read
from .builders import NAS_ID, OTHER_NAS

DRIVE = a_drive()
LOG = a_report(DRIVE).self_tests
READING = HealthReading(
    serial=DRIVE.serial,
    at=datetime(2026, 1, 1, tzinfo=UTC),
    report=a_report(DRIVE, self_tests=replace(LOG, tests=(a_test(),))),
    content=(ContentItem(place="drive", type="ext4", label="old"),),
)


async def test_the_newest_reading_is_kept(ledger: SqliteLedger) -> None:
    """Of each drive of each NAS."""
    assert await ledger.health(NAS_ID) == {}
    newer = replace(READING, at=READING.at + timedelta(days=1), content=None)
    for reading in (READING, newer):
        await ledger.keep_health(NAS_ID, DRIVE.identifier, reading)
    await ledger.keep_health(NAS_ID, "other", READING)
    assert await ledger.health(NAS_ID) == {DRIVE.identifier: newer, "other": READING}
    assert await ledger.health(OTHER_NAS) == {}


async def test_what_odd_drives_say_is_kept(ledger: SqliteLedger) -> None:
    """Every report that we have seen."""
    kept = {
        line.report: replace(READING, report=read(line.report), content=())
        for line in LINES
    }
    for name, reading in kept.items():
        await ledger.keep_health(NAS_ID, name, reading)
    assert await ledger.health(NAS_ID) == kept


@pytest.mark.parametrize("odd", [{"at": "then"}, {"report": "{}"}, {"content": "{"}])
async def test_one_that_cannot_be_read(
    ledger: SqliteLedger, odd: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """It costs itself: the drive can be asked again."""
    await ledger.keep_health(NAS_ID, DRIVE.identifier, READING)
    await ledger.keep_health(NAS_ID, "other", READING)
    change = update(HEALTH).where(HEALTH.c.identifier == "other").values(odd)
    await ledger._do(lambda connection: connection.execute(change))
    assert await ledger.health(NAS_ID) == {DRIVE.identifier: READING}
    assert f"The health of {DRIVE.serial} was forgotten" in caplog.text
