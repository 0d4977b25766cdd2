"""Who uses a drive beside the pools."""

from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.errors import InvalidResponse
from custom_components.truenas_burnin.truenas.uses import (
    Use,
    doubts,
    extent_uses,
    machine_uses,
    scrubbing,
    users_of,
)

from ..burnin.fakes import a_drive

SDA = a_drive(1, name="sda")
ADA1 = a_drive(1, name="ada1")
NVME = a_drive(1, name="nvme0n1")


@pytest.mark.parametrize(
    ("drive", "device", "concerns"),
    [
        (SDA, "sda", True),
        (SDA, "/dev/sda", True),
        (SDA, "/dev/sda3", True),
        (SDA, "/dev/sdaa", False),
        (SDA, "/dev/sdb", False),
        (SDA, "zvol/tank/sda", False),
        (SDA, "/dev/zvol/tank/vm", False),
        (SDA, "/mnt/tank/SER001", False),
        (SDA, SDA.identifier, True),
        (SDA, "/dev/disk/by-id/ata-WDC_WD80EFAX_SER001", True),
        (SDA, "/dev/disk/by-id/ata-WDC_WD80EFAX_SER001-part2", True),
        (SDA, "/dev/disk/by-id/nvme-X_SER001_1", True),
        (SDA, "/dev/disk/by-id/ata-WDC_WD80EFAX_SER0012", False),
        (SDA, f"/dev/disk/by-id/wwn-0x{SDA.lunid}", True),
        (SDA, f"/dev/disk/by-id/wwn-0x{SDA.lunid}-part1", True),
        (SDA, f"/dev/disk/by-id/wwn-0x{SDA.lunid}0", False),
        (ADA1, "/dev/ada1", True),
        (ADA1, "/dev/ada1p2", True),
        (ADA1, "/dev/ada1s1", True),
        (ADA1, "/dev/ada10", False),
        (NVME, "/dev/nvme0n1p1", True),
        (NVME, "/dev/nvme0n11", False),
        (a_drive(1, name="sda", serial=""), "/dev/disk/by-id/ata-X_Y", False),
        (SDA, f"/dev/disk/by-id/scsi-3{SDA.lunid}-part2", True),
        (SDA, None, False),
    ],
)
def test_devices(drive: Any, device: str | None, concerns: bool) -> None:
    """A drive, its partitions, by any of its names; and no other."""
    assert Use(device, "x").concerns(drive) is concerns


@pytest.mark.parametrize(
    ("device", "doubtful"),
    [
        ("sda", False),
        ("/dev/sda3", False),
        ("/dev/sdzz", False),  # no such drive here: somebody pulled it
        ("nvme3n1p2", False),
        ("da12p1", False),
        ("zvol/tank/vm", False),
        ("/dev/zvol/tank/vm", False),
        ("/mnt/tank/disk.img", False),
        (SDA.identifier, False),
        ("{uuid}5c3e", True),
        (f"/dev/disk/by-id/wwn-0x{SDA.lunid}", False),
        ("/dev/disk/by-id/usb-Enclosure-0:0", True),
        ("/dev/disk/by-path/pci-0000:00:1f.2-ata-3", True),
        ("/dev/disk/by-partuuid/3f6a", True),
        ("/dev/mapper/tank", True),
        ("/dev/dm-3", True),
        ("/dev/md127", True),
    ],
)
def test_a_device_that_may_be_any_drive(device: str, doubtful: bool) -> None:
    """What we cannot tell to be none of the drives leaves all of them in doubt."""
    told = doubts([SDA, NVME], (Use(device, "VM 3"), Use("sda", "VM 4")))
    assert told == (f"VM 3: {device}" if doubtful else None)


def test_what_may_not_be_asked_is_a_doubt() -> None:
    """Whatever it would tell."""
    uses = (Use(None, "vm.device.query"), Use("/dev/dm-3", "iSCSI a"))
    assert doubts([SDA], uses) == "iSCSI a: /dev/dm-3, vm.device.query"
    assert users_of(SDA, uses) is None


def test_extents() -> None:
    """Devices and not files; CORE tells the identifier."""
    reply = [
        {"name": "a", "type": "DISK", "disk": "sda", "path": SDA.identifier},
        {"name": "b", "type": "FILE", "disk": None, "path": "/mnt/tank/b"},
    ]
    uses = tuple(extent_uses(reply))
    assert users_of(SDA, uses) == "iSCSI a"
    assert users_of(a_drive(2, name="sdb"), uses) is None


def test_machines() -> None:
    """Their disks; what has no path is nothing to us."""
    reply = [
        {"vm": 3, "attributes": {"dtype": "RAW", "path": "/dev/sda"}},
        {"vm": 4, "dtype": "DISK", "attributes": {"path": "/dev/zvol/tank/vm"}},
        {"vm": 4, "dtype": "NIC", "attributes": {}},
        {"vm": 5},
    ]
    uses = (*machine_uses(reply), Use("sda", "iSCSI a"))
    both = "VM 3, iSCSI a"
    assert users_of(SDA, uses) == both


@pytest.mark.parametrize(
    ("pools", "expected"),
    [
        ([], False),
        ([{"name": "offline", "scan": None}, {"name": "new"}], False),
        ([{"scan": {"function": "SCRUB", "state": "FINISHED"}}], False),
        ([{"scan": None}, {"scan": {"state": "SCANNING"}}], True),
    ],
)
def test_scrubs(pools: list[Any], expected: bool) -> None:
    """Any pool counts."""
    assert scrubbing(pools) is expected


@pytest.mark.parametrize("reply", [None, {}, [1]])
def test_odd_replies(reply: Any) -> None:
    """What cannot be read is told."""
    for uses in (extent_uses(reply), machine_uses(reply)):
        with pytest.raises(InvalidResponse):
            list(uses)
