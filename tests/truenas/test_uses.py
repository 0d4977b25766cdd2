"""Who uses a drive beside the pools."""

from typing import Any

import pytest

from custom_components.truenas_burnin.truenas.errors import InvalidResponse
from custom_components.truenas_burnin.truenas.uses import (
    Use,
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
        (SDA, None, True),
    ],
)
def test_devices(drive: Any, device: str | None, concerns: bool) -> None:
    """A drive, its partitions, by any of its names; and no other."""
    assert Use(device, "x").concerns(drive) is concerns


def test_extents() -> None:
    """Devices and not files; CORE tells the identifier."""
    reply = [
        {"name": "a", "type": "DISK", "disk": "sda", "path": SDA.identifier},
        {"name": "b", "type": "FILE", "disk": None, "path": "/mnt/tank/b"},
    ]
    uses = tuple(extent_uses(reply))
    assert users_of(SDA, uses) == "the iSCSI extent a"
    assert users_of(a_drive(2, name="sdb"), uses) is None


def test_machines() -> None:
    """Their disks; what has no path is nothing to us."""
    reply = [
        {"vm": 3, "attributes": {"dtype": "RAW", "path": "/dev/sda"}},
        {"vm": 4, "dtype": "DISK", "attributes": {"path": "/dev/zvol/tank/vm"}},
        {"vm": 4, "dtype": "NIC", "attributes": {}},
        {"vm": 5},
    ]
    uses = (*machine_uses(reply), Use("sda", "the iSCSI extent a"))
    both = "the iSCSI extent a, the virtual machine 3"
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
