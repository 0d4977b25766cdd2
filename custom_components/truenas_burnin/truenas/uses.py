"""Who uses a drive beside the pools: iSCSI extents and virtual machines.

`disk.details` knows of pools only (docs/truenas-api.md §2.3).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

from .decode import optional_text, record, records, text
from .models import Drive

_AFTER_LETTER: Final = re.compile(r"\d*")
_AFTER_DIGIT: Final = re.compile(r"(?:[ps]\d+)*")
_AFTER_SERIAL: Final = re.compile(r"(?:_\d+)?(?:-part\d+)?")
"""What follows in the name of a partition: sdb1, ada1p2, by-id/…SERIAL-part1."""

_NO_DRIVE: Final = re.compile(
    r"/(?!dev/).*|(?:/dev/)?(?:zvol/.*|(?:(?:sd|vd|xvd|hd)[a-z]+|(?:ada|da|nvd|nda)\d+"
    r"|nvme\d+n\d+)(?:[ps]?\d+)*)"
)
"""Files, zvols, and kernel names of drives: those that match no drive are not there."""


@dataclass(frozen=True, slots=True)
class Use:
    """A user of a device, by path or identifier; None for who may have any device."""

    device: str | None
    by: str

    def concerns(self, drive: Drive) -> bool:
        """Tell whether that device is the drive, or a partition of it."""
        if self.device is None:
            return False
        device = self.device.removeprefix("/dev/")
        if device == drive.identifier:
            return True
        after_name = _AFTER_DIGIT if drive.name[-1:].isdigit() else _AFTER_LETTER
        suffixes = [(drive.name, after_name)] if device.startswith(drive.name) else []
        if device.startswith("disk/by-id/"):
            known = (f"_{drive.serial}", f"-0x{drive.lunid}", f"-3{drive.lunid}")
            suffixes += [(mark, _AFTER_SERIAL) for mark in known if mark in device]
        return any(
            pattern.fullmatch(device.rpartition(mark)[2]) for mark, pattern in suffixes
        )


def extent_uses(reply: Any) -> Iterator[Use]:
    """Yield what iscsi.extent.query tells of devices, files left out."""
    for extent in records(reply, "iscsi.extent.query"):
        by = f"iSCSI {text(extent, 'name', '?')}"
        for key in ("disk", "path"):
            if device := optional_text(extent, key):
                yield Use(device, by)


def machine_uses(reply: Any) -> Iterator[Use]:
    """Yield what vm.device.query tells of disks that machines have."""
    for entry in records(reply, "vm.device.query"):
        attributes = record(entry.get("attributes") or {}, "vm.device.query")
        if device := optional_text(attributes, "path"):
            yield Use(device, f"VM {entry.get('vm')}")


USES: Final[Mapping[str, Callable[[Any], Iterator[Use]]]] = {
    "iscsi.extent.query": extent_uses,
    "vm.device.query": machine_uses,
}
"""The methods that tell of them, and how their replies are read."""


def doubts(drives: Collection[Drive], uses: tuple[Use, ...]) -> str | None:
    """Return what may use any of the drives, as nobody can tell which; or None.

    Such as a virtual machine that has a disk by its path or by a device mapper: there
    are more such names than we know.
    """
    found = {
        use.by if use.device is None else f"{use.by}: {use.device}"
        for use in uses
        if use.device is None
        or not (
            _NO_DRIVE.fullmatch(use.device)
            or any(use.concerns(drive) for drive in drives)
        )
    }
    return ", ".join(sorted(found)) or None


def users_of(drive: Drive, uses: tuple[Use, ...]) -> str | None:
    """Return who uses the drive, such as VM 3, or None."""
    return ", ".join(sorted({use.by for use in uses if use.concerns(drive)})) or None


def pool_uses(reply: Any) -> Iterator[Use]:
    """Yield the pools of pool.query of which nobody can tell what drives they have.

    One that is OFFLINE or locked has no topology (docs/truenas-api.md §2).
    """
    for pool in records(reply, "pool.query"):
        if not isinstance(pool.get("topology"), dict):
            name, status = text(pool, "name", "?"), text(pool, "status", "?")
            yield Use(None, f"pool {name}, {status}")


def scrubbing(reply: Any) -> bool:
    """Tell from pool.query whether any pool is scrubbed or resilvered."""
    scans = (
        record(pool.get("scan") or {}, "pool.query")
        for pool in records(reply, "pool.query")
    )
    return any(scan.get("state") == "SCANNING" for scan in scans)
