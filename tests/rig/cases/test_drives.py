"""The rig itself: what a kernel sees of each kind of drive."""

import pytest

from tests.rig.guest.drives import MIB, TIB, Drive, Kind
from tests.rig.guest.machine import Machine

pytestmark = pytest.mark.short


def test_every_kind_of_drive(guest: Machine) -> None:
    """Each has its serial number and its size, and keeps what is written to it."""
    plugged = guest.plug(
        Drive("SCSI0001", Kind.SCSI, 32 * MIB, wwn=0x5000C50012345601),
        Drive("SCSI4KN1", logical=4096, physical=4096),
        Drive("SCSI512E", physical=4096),
        Drive("ODDSIZE1", Kind.SCSI, 32 * MIB + 7 * 512),
        Drive("NVME0001", Kind.NVME, 32 * MIB),
        Drive("VIRTIO01", Kind.VIRTIO, 32 * MIB),
        Drive("USB00001", Kind.USB, 32 * MIB),
    )
    huge = guest.add(Drive("HUGE0001", Kind.SCSI, 36 * TIB), fill=0)
    guest.plug(huge)
    names = guest.names()
    listed = guest.line.out("lsblk -bdnro NAME,SIZE,LOG-SEC,PHY-SEC").splitlines()
    seen = {words[0]: words[1:] for words in map(str.split, listed)}
    for disk in guest.disks.values():
        drive = disk.drive
        wanted = [drive.size, drive.logical, drive.physical]
        assert seen[names[disk.serial]] == [str(n) for n in wanted], drive
    assert len(plugged) + 6 == len(guest.disks)

    commands = []
    for disk in guest.disks.values():
        at = disk.drive.size - 8192
        target = f"of=/dev/{names[disk.serial]} bs=4096 seek={at} oflag=seek_bytes"
        commands.append(f"printf %04096d 7 | dd {target} conv=notrunc,fsync 2>&1")
    guest.line.out(" && ".join(commands))
    for disk in guest.disks.values():
        assert disk.store.read(disk.drive.size - 4097, 1) == b"7", disk.drive


def test_a_drive_comes_and_goes(guest: Machine) -> None:
    """A name is taken again by another drive."""
    first, second = guest.plug(Drive("FIRST001"), Drive("SECOND01"))
    before = guest.names()

    guest.unplug(first)
    guest.unplug(second)
    assert first.serial not in guest.names()

    guest.plug(second)
    guest.plug(first)

    assert guest.name(second) == before[first.serial]
    assert guest.name(first) == before[second.serial]
