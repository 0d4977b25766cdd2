"""The rows in which the middleware tells of a drive (truenas-api.md §2.1, §2.3)."""

from typing import Any

from .drive import MockDrive
from .profile import Profile


def database_row(drive: MockDrive) -> dict[str, Any]:
    """Return the raw columns that events carry."""
    return {
        "disk_identifier": drive.identifier,
        "disk_name": drive.name,
        "disk_subsystem": "scsi",
        "disk_number": number(drive),
        "disk_serial": drive.serial,
        "disk_lunid": drive.lunid,
        "disk_size": str(drive.size),
        "disk_description": "",
        "disk_transfermode": "Auto",
        "disk_hddstandby": "Always On",
        "disk_advpowermgmt": "Disabled",
        "disk_expiretime": None,
        "disk_enclosure_slot": None,
        "disk_passwd": "",
        "disk_model": drive.model,
        "disk_rotationrate": drive.rotation_rate or None,
        "disk_type": kind(drive),
        "disk_kmip_uid": None,
        "disk_zfs_guid": zfs_guid(drive),
        "disk_bus": bus(drive),
    }


def query_row(drive: MockDrive, profile: Profile, *, pools: bool) -> dict[str, Any]:
    """Return one row of disk.query in the ways of a generation.

    `pool` is null for every drive unless it was asked for, also for those in one.
    """
    row = {
        "identifier": drive.identifier,
        "name": drive.name,
        "subsystem": drive.name.rstrip("0123456789") if profile.core else "scsi",
        "number": int(drive.name.lstrip("ad")) if profile.core else number(drive),
        "serial": drive.serial,
        "lunid": drive.lunid,
        "size": drive.size or None,
        "multipath_name": "",
        "multipath_member": "",
        "description": "",
        "transfermode": "Auto",
        "hddstandby": "ALWAYS ON",
        "hddstandby_force": False,
        "advpowermgmt": "DISABLED",
        "acousticlevel": "DISABLED",
        "togglesmart": True,
        "smartoptions": "",
        "expiretime": None,
        "critical": None,
        "difference": None,
        "informational": None,
        "model": drive.model,
        "rotationrate": drive.rotation_rate or None,
        "type": kind(drive),
        "zfs_guid": zfs_guid(drive),
        "bus": _core_bus(drive) if profile.core else bus(drive),
        "devname": drive.name,
        "enclosure": None,
        "supports_smart": None,
        "pool": drive.pool if pools else None,
        "sed": False,
    }
    absent = _VARYING - profile.disk_fields
    return {name: value for name, value in row.items() if name not in absent}


_VARYING = frozenset(
    {
        "multipath_name",
        "multipath_member",
        "hddstandby_force",
        "acousticlevel",
        "togglesmart",
        "smartoptions",
        "critical",
        "difference",
        "informational",
        "supports_smart",
        "sed",
    }
)


def details_row(
    drive: MockDrive, profile: Profile, duplicates: list[str]
) -> dict[str, Any]:
    """Return one item of disk.details."""
    blocks = drive.size // 512
    row = {
        "name": drive.name,
        "sectorsize": 512,
        "number": number(drive),
        "subsystem": "scsi",
        "driver": "sd",
        "hctl": f"{number(drive) // 16}:0:0:0",
        "size": drive.size,
        "mediasize": drive.size,
        "vendor": "HGST" if drive.sas else "ATA",
        "ident": drive.serial,
        "serial": drive.serial,
        "model": drive.model,
        "descr": drive.model,
        "lunid": drive.lunid,
        "bus": bus(drive),
        "type": kind(drive),
        "blocks": blocks,
        "serial_lunid": f"{drive.serial}_{drive.lunid}" if drive.lunid else None,
        "rotationrate": drive.rotation_rate or None,
        "stripesize": None,
        "parts": [],
        "dif": False,
        "identifier": drive.identifier,
        "enclosure": {},
        "partitions": [],
        "devname": drive.name,
        "exported_zpool": drive.exported_pool,
        "imported_zpool": drive.pool,
        "duplicate_serial": duplicates,
    }
    if "sed" in profile.disk_fields:
        row |= {"sed": None, "sed_status": None}
    return row


def number(drive: MockDrive) -> int:
    """Return Linux' device number of a name: sda 2048, sdb 2064."""
    index = 0
    for letter in drive.name.removeprefix("sd"):
        index = index * 26 + ord(letter) - ord("a") + 1
    return 2048 + 16 * (index - 1)


def kind(drive: MockDrive) -> str:
    """Return the middleware's word for what turns and what does not."""
    return "HDD" if drive.rotation_rate else "SSD"


def bus(drive: MockDrive) -> str:
    """Return udev's ID_BUS."""
    return "SCSI" if drive.sas else "ATA"


def _core_bus(drive: MockDrive) -> str:
    return "MPS" if drive.sas else "AHCICH"


def zfs_guid(drive: MockDrive) -> str | None:
    """Return the guid of a drive in a pool."""
    return str(10**18 + sum(drive.serial.encode())) if drive.pool else None
