"""Which drive this is: what the kernel and the drive itself say of an opened one."""

from __future__ import annotations

import os
from pathlib import Path
import stat

from ..errors import Code, Json, Refused
from ..paths import Paths
from ..smartctl import Answer
from . import names
from .serials import confirms, contradict, same_serial

_SERIAL_FILES = ("serial", "device/serial")
"""virtio tells it beside the queue; NVMe tells its controller's."""

_UDEV_SERIALS = ("ID_SCSI_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL")
"""What TrueNAS SCALE makes the serial of `disk.query` of, in this order."""


def kernel_serials(device: str, descriptor: int, paths: Paths) -> list[str]:
    """Return the serials that the kernel has for an opened drive, without asking it.

    udev's are a record of what was here when it looked, so they count only where the
    kernel itself tells none. Raise OSError if the drive is gone.
    """
    told = [paths.kernel.serial(descriptor)]
    if not paths.kernel.freebsd:
        folder = names.block(device, paths)
        told += [names.read(folder / name) for name in _SERIAL_FILES]
        told += [
            _vital_product_data(folder / "device/vpd_pg80"),
            _bridge_serial(folder),
        ]
    told = [serial for serial in told if serial]
    return told or _udev_serials(os.fstat(descriptor), paths)


def check(
    device: str,
    descriptor: int,
    serial: str,
    lunid: str | None,
    answer: Answer | None,
    paths: Paths,
    unit: str | None = None,
) -> None:
    """Make sure that an opened drive is the planned one; raise Refused, OSError.

    At least one source must tell the whole serial: a USB bridge has one of its own. With
    `unit` one must tell the logical unit too: other drives have the same serial.
    """
    found = kernel_serials(device, descriptor, paths)
    if answer is not None and answer.serial:
        found.append(answer.serial)
    if not any(same_serial(serial, one) for one in found):
        raise differs(device, found)
    units = logical_units(device, answer, paths)
    if contradict(lunid, units) or not (unit is None or confirms(unit, units)):
        raise Refused(
            Code.SERIAL_DIFFERS,
            {"device": device, "serials": list(found), "lunids": list(units)},
        )


def differs(device: str, found: list[str]) -> Refused:
    """Return the refusal of a drive that is not the planned one."""
    serials: list[Json] = list(dict.fromkeys(found))
    return Refused(Code.SERIAL_DIFFERS, {"device": device, "serials": serials})


def logical_units(device: str, answer: Answer | None, paths: Paths) -> list[str]:
    """Return the names that the kernel and the drive have for the logical unit."""
    folder = names.block(device, paths)
    told = [names.read(folder / "wwid"), names.read(folder / "device/wwid")]
    said = {} if answer is None else answer.said
    unit = said.get("logical_unit_id")
    told.append(unit if isinstance(unit, str) else "")
    name = said.get("wwn")
    if isinstance(name, dict):
        told.append(_world_wide_name(name))
    return [one for one in told if one]


def _world_wide_name(name: dict[str, Json]) -> str:
    """Return smartctl's `wwn` as 16 digits: 4, 24 and 36 bits."""
    parts = [name.get(key) for key in ("naa", "oui", "id")]
    numbers = [part for part in parts if isinstance(part, int)]
    if len(numbers) != 3:
        return ""
    return f"{numbers[0]:x}{numbers[1]:06x}{numbers[2]:09x}"


def is_solid(device: str, answer: Answer | None, paths: Paths) -> bool:
    """Return whether nothing turns in it; what nobody knows of is taken to turn."""
    rotational = names.read(names.block(device, paths) / "queue/rotational")
    if rotational:
        return rotational == "0"
    if device.startswith(("nvd", "nda", "nvme")):
        return True
    return answer is not None and answer.said.get("rotation_rate") == 0


def _vital_product_data(path: Path) -> str:
    """Return the unit serial number page of SPC: four bytes, then the text."""
    try:
        page = path.read_bytes()
    except OSError:
        return ""
    length = int.from_bytes(page[2:4], "big")
    return page[4 : 4 + length].decode("ascii", "replace").strip(" \0")


def _bridge_serial(folder: Path) -> str:
    """Return the serial of the USB device that a drive is behind."""
    place = folder.resolve()
    for parent in place.parents:
        if (parent / "bDeviceClass").exists():
            return names.read(parent / "serial")
    return ""


def _udev_serials(status: os.stat_result, paths: Paths) -> list[str]:
    if not stat.S_ISBLK(status.st_mode):
        return []
    major, minor = os.major(status.st_rdev), os.minor(status.st_rdev)
    record = names.read(paths.udev / "data" / f"b{major}:{minor}")
    lines = dict(
        line[2:].split("=", 1)
        for line in record.splitlines()
        if line.startswith("E:") and "=" in line
    )
    return [lines[key] for key in _UDEV_SERIALS if lines.get(key)]
