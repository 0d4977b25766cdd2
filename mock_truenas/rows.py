"""The rows in which the middleware tells of a drive (docs/truenas-api.md §2.1, §2.3)."""

from typing import Any, Protocol

from .profile import Profile


class Described(Protocol):
    """What rows tell of a drive."""

    @property
    def name(self) -> str:
        """The kernel's name: sda."""

    @property
    def identifier(self) -> str:
        """The stable id, in the middleware's brace form."""

    @property
    def serial(self) -> str:
        """As udev has it; may be empty."""

    @property
    def lunid(self) -> str | None:
        """Its WWN without 0x."""

    @property
    def model(self) -> str:
        """As udev has it."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def sector(self) -> int:
        """Bytes of a logical sector."""

    @property
    def rotates(self) -> bool:
        """Whether it is a hard drive."""

    @property
    def rotation_rate(self) -> int | None:
        """Per minute, where it is known."""

    @property
    def pool(self) -> str | None:
        """The imported pool it belongs to."""

    @property
    def exported_pool(self) -> str | None:
        """The pool it belongs to that is not imported."""

    @property
    def number(self) -> int:
        """Linux' device number."""

    @property
    def bus(self) -> str:
        """Udev's ID_BUS in capitals."""

    @property
    def subsystem(self) -> str:
        """What the kernel's driver belongs to."""

    @property
    def driver(self) -> str:
        """The kernel's driver."""

    @property
    def vendor(self) -> str:
        """As SCSI has it; may be empty."""


def database_row(drive: Described) -> dict[str, Any]:
    """Return the raw columns that events carry."""
    return {
        "disk_identifier": drive.identifier,
        "disk_name": drive.name,
        "disk_subsystem": drive.subsystem,
        "disk_number": drive.number,
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
        "disk_bus": drive.bus,
    }


def query_row(drive: Described, profile: Profile, *, pools: bool) -> dict[str, Any]:
    """Return one row of disk.query in the ways of a generation.

    `pool` is null for every drive unless it was asked for, also for those in one.
    """
    row = {
        "identifier": drive.identifier,
        "name": drive.name,
        "subsystem": drive.name.rstrip("0123456789")
        if profile.core
        else drive.subsystem,
        "number": int(drive.name.lstrip("ad")) if profile.core else drive.number,
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
        "bus": _core_bus(drive) if profile.core else drive.bus,
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
    drive: Described, profile: Profile, duplicates: list[str]
) -> dict[str, Any]:
    """Return one item of disk.details."""
    blocks = drive.size // 512
    row = {
        "name": drive.name,
        "sectorsize": drive.sector,
        "number": drive.number,
        "subsystem": drive.subsystem,
        "driver": drive.driver,
        "hctl": f"{drive.number // 16}:0:0:0",
        "size": drive.size,
        "mediasize": drive.size,
        "vendor": drive.vendor,
        "ident": drive.serial,
        "serial": drive.serial,
        "model": drive.model,
        "descr": drive.model,
        "lunid": drive.lunid,
        "bus": drive.bus,
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


def kind(drive: Described) -> str:
    """Return the middleware's word for what turns and what does not."""
    return "HDD" if drive.rotates else "SSD"


def _core_bus(drive: Described) -> str:
    return "MPS" if drive.bus == "SCSI" else "AHCICH"


def zfs_guid(drive: Described) -> str | None:
    """Return the guid of a drive in a pool."""
    return str(10**18 + sum(drive.serial.encode())) if drive.pool else None
