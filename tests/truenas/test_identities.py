"""A drive stays the same drive, whatever the system calls it now."""

from dataclasses import replace
from typing import Any, Final

import pytest

from custom_components.truenas_burnin.truenas.drives import DriveReader
from custom_components.truenas_burnin.truenas.identities import Identities, KnownDrive
from custom_components.truenas_burnin.truenas.models import Drive

from ..burnin.fakes import a_drive

UNIT = "5000c500e1234567"
OTHER_UNIT = "5000c500e1234568"
PLAIN: Final = a_drive(1, identifier="{serial}SER001", lunid=None)
NAMED: Final = a_drive(1, identifier=f"{{serial_lunid}}SER001_{UNIT}", lunid=UNIT)
BYSTANDER: Final = a_drive(2)


def poll(identities: Identities, *drives: Drive) -> dict[str, Drive]:
    """Return what one poll makes of drives."""
    return identities.follow({drive.identifier: drive for drive in drives})


def test_a_lunid_appears_and_vanishes() -> None:
    """The drive keeps the identifier of the first poll; the system is told its own."""
    identities = Identities()
    assert poll(identities, PLAIN, BYSTANDER) == {
        PLAIN.identifier: PLAIN,
        BYSTANDER.identifier: BYSTANDER,
    }
    found = poll(identities, BYSTANDER, NAMED)
    drive = found.pop(PLAIN.identifier)
    assert found == {BYSTANDER.identifier: BYSTANDER}
    assert (drive.identifier, drive.lunid) == (PLAIN.identifier, UNIT)
    assert drive.system_identifier == NAMED.identifier
    assert PLAIN.system_identifier == PLAIN.identifier
    assert poll(identities, NAMED)[PLAIN.identifier] == drive
    assert poll(identities, PLAIN) == {PLAIN.identifier: PLAIN}


def test_serials_are_compared_as_everywhere() -> None:
    """Another generation writes the blanks of a serial in another way."""
    identities = Identities()
    poll(identities, replace(PLAIN, serial="WD-A B 1"))
    found = poll(identities, replace(NAMED, serial="WD-A_B_1"))
    assert found.keys() == {PLAIN.identifier}


@pytest.mark.parametrize(
    "other",
    [
        {"size": NAMED.size + 512},
        {"size": 0},
        {"serial": "SER0011"},
        {"serial": ""},
        {"unreadable": "disk.query: odd"},
    ],
)
def test_what_is_another_drive(other: dict[str, Any]) -> None:
    """Serial and size are those of the drive that is gone, and they are known."""
    identities = Identities()
    poll(identities, PLAIN)
    assert poll(identities, replace(NAMED, **other)).keys() == {NAMED.identifier}


def test_two_units_of_one_serial_are_two_drives() -> None:
    """Also when they are never seen together, and however the first was called."""
    identities = Identities()
    poll(identities, PLAIN)
    poll(identities, NAMED)
    poll(identities, PLAIN)
    other = replace(NAMED, identifier="other", lunid=OTHER_UNIT)
    assert poll(identities, other).keys() == {"other"}


def test_both_at_once() -> None:
    """Neither is taken for the other, and what was known stays with its unit."""
    identities = Identities()
    poll(identities, PLAIN)
    poll(identities, NAMED)
    found = poll(identities, PLAIN, NAMED)
    assert found[PLAIN.identifier].lunid == UNIT
    assert found[f"{PLAIN.identifier}'"].system_identifier == PLAIN.identifier
    fresh = Identities()
    poll(fresh, PLAIN)
    assert poll(fresh, PLAIN, NAMED).keys() == {PLAIN.identifier, NAMED.identifier}


def test_two_that_could_be_it() -> None:
    """Where two drives of a serial are new, or two are gone, nothing is sure."""
    identities = Identities()
    poll(identities, PLAIN)
    twins = NAMED, replace(NAMED, identifier="other", lunid=OTHER_UNIT)
    assert poll(identities, *twins).keys() == {NAMED.identifier, "other"}
    assert poll(identities, PLAIN).keys() == {PLAIN.identifier}
    moved = replace(PLAIN, identifier="moved")
    both = Identities()
    poll(both, PLAIN, replace(PLAIN, identifier="twin"))
    assert poll(both, moved).keys() == {"moved"}


def test_it_is_known_after_a_restart() -> None:
    """What was learned is handed out until it is kept."""
    identities = Identities()
    poll(identities, PLAIN)
    (first,) = identities.unkept
    poll(identities, NAMED)
    identities.kept([first])
    (learned,) = identities.unkept
    assert learned == KnownDrive(
        identifier=PLAIN.identifier,
        called=NAMED.identifier,
        serial=PLAIN.serial,
        lunid=UNIT,
        size=PLAIN.size,
    )
    identities.kept([learned, learned])
    assert identities.unkept == ()
    after = Identities()
    after.remember([first])
    assert poll(after, NAMED).keys() == {PLAIN.identifier}
    assert after.unkept == (learned,)


def test_another_serial_in_the_same_place() -> None:
    """A place is no drive: nothing of the one before is said of it."""
    identities = Identities()
    poll(identities, NAMED)
    poll(identities, replace(NAMED, serial="NEW", lunid=None))
    assert identities.unkept[0].lunid is None


def test_the_reader_follows() -> None:
    """The drives of a poll are those that the others know."""
    disk = {
        "identifier": "{serial}ZL2ABC12",
        "name": "sda",
        "serial": "ZL2ABC12",
        "lunid": None,
        "size": 4_000_787_030_016,
    }
    reader = DriveReader(Identities())
    reader.read([disk], [], [], ())
    renamed = disk | {"identifier": f"{{serial_lunid}}ZL2ABC12_{UNIT}", "lunid": UNIT}
    (drive,) = reader.read([renamed], [], [], ()).values()
    assert (drive.identifier, drive.lunid) == (disk["identifier"], UNIT)
