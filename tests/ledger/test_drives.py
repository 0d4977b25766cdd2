"""What people wrote down about drives."""

from custom_components.truenas_burnin.ledger import DriveInfo, SqliteLedger

from .builders import NAS_ID, OTHER_NAS, an_identity

DRIVE = an_identity().identifier
INFO = DriveInfo(location="shelf 2, bay 7", notes="came back from RMA")


async def test_a_drive_nobody_wrote_about(ledger: SqliteLedger) -> None:
    """Nothing is known of it."""
    assert await ledger.drive_info(NAS_ID, DRIVE) == DriveInfo(location="", notes="")


async def test_notes_are_kept_for_each_drive(ledger: SqliteLedger) -> None:
    """The last word counts, and each word leaves a row in the audit trail."""
    await ledger.set_drive_info(NAS_ID, DRIVE, DriveInfo(notes="new"), actor="Ada")
    await ledger.set_drive_info(NAS_ID, DRIVE, INFO, actor="Bob")
    assert await ledger.drive_info(NAS_ID, DRIVE) == INFO
    assert await ledger.drive_info(OTHER_NAS, DRIVE) == DriveInfo()
    newest, oldest = await ledger.audit(limit=10, offset=0)
    assert (newest.event, newest.actor, oldest.actor) == ("drive_info", "Bob", "Ada")
    assert newest.detail == {
        "identifier": DRIVE,
        "location": INFO.location,
        "notes": INFO.notes,
    }


async def test_all_of_a_system_at_once(ledger: SqliteLedger) -> None:
    """By drive, and of that system alone."""
    other = an_identity(2).identifier
    await ledger.set_drive_info(NAS_ID, DRIVE, INFO, actor="Ada")
    await ledger.set_drive_info(NAS_ID, other, DriveInfo(notes="loud"), actor="Ada")
    assert await ledger.drive_infos(NAS_ID) == {
        DRIVE: INFO,
        other: DriveInfo(notes="loud"),
    }
    assert await ledger.drive_infos(OTHER_NAS) == {}
