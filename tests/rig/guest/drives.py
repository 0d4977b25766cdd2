"""Drives of every kind, each served by an NBD server of its own."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..nbd.faults import Fault
from ..nbd.server import Server
from ..nbd.store import Device, Store

MIB = 1 << 20
GIB = 1 << 30
TIB = 1 << 40


class Kind(StrEnum):
    """How a drive is attached."""

    SATA = "sata"
    SAS = "sas"
    SCSI = "scsi"
    NVME = "nvme"
    VIRTIO = "virtio"
    USB = "usb"
    UAS = "uas"


FIXED = {Kind.SATA, Kind.SAS}
"""Those that QEMU only attaches before the start: a saved guest has some of each."""


@dataclass(frozen=True)
class Drive:
    """What a drive says of itself; sizes in bytes."""

    serial: str
    kind: Kind = Kind.SCSI
    size: int = 32 * MIB
    logical: int = 512
    physical: int = 512
    wwn: int | None = None
    rotation: int = 7200
    read_only: bool = False
    bus: str | None = None
    """The place of a fixed drive, or of a second path."""

    def device(self, identifier: str, node: str, bus: str) -> dict[str, object]:
        """Return QEMU's device for it, as `device_add` wants it."""
        common: dict[str, object] = {
            "id": identifier,
            "drive": node,
            "bus": self.bus or bus,
            "serial": self.serial,
            "logical_block_size": self.logical,
            "physical_block_size": max(self.physical, self.logical),
        }
        scsi = {"rotation_rate": self.rotation, "rerror": "report", "werror": "report"}
        if self.wwn is not None:
            scsi["wwn"] = self.wwn
        match self.kind:
            case Kind.SATA:
                return {"driver": "ide-hd", **common, **scsi}
            case Kind.SCSI | Kind.SAS | Kind.UAS:
                return {"driver": "scsi-hd", **common, **scsi}
            case Kind.NVME:
                return {"driver": "nvme", **common}
            case Kind.VIRTIO:
                return {
                    "driver": "virtio-blk-pci",
                    **common,
                    "rerror": "report",
                    "werror": "report",
                }
            case Kind.USB:
                return {
                    "driver": "usb-storage",
                    **common,
                    "rerror": "report",
                    "werror": "report",
                }


class Disk:
    """A drive in the rig: what it says, what it holds, and what is wrong with it."""

    def __init__(self, drive: Drive, folder: Path, fill: int = 0x5A) -> None:
        """Serve a drive all of whose bytes are `fill`."""
        self.drive = drive
        self.store = Store(drive.size, fill)
        path = folder / f"{drive.serial}.nbd"
        self._server = Server(self.store, path, read_only=drive.read_only)

    @property
    def serial(self) -> str:
        """Return the serial number."""
        return self.drive.serial

    @property
    def device(self) -> Device:
        """Return what answers: the store itself, or a fault around it."""
        return self._server.device

    def breaks(self, fault: Fault) -> None:
        """Let a fault begin now; what an earlier one holds is let go."""
        before = self._server.device
        self._server.device = fault
        _release(before)

    def heals(self) -> None:
        """Be sound from now on."""
        before = self._server.device
        self._server.device = self.store
        _release(before)

    def node(self, name: str) -> dict[str, object]:
        """Return QEMU's block node for it."""
        path = str(self._server.path)
        return {
            "driver": "nbd",
            "node-name": name,
            "server": {"type": "unix", "path": path},
            "read-only": self.drive.read_only,
            "discard": "unmap",
        }

    def close(self) -> None:
        """Stop serving."""
        self.heals()
        self._server.close()


def _release(device: Device) -> None:
    while isinstance(device, Fault):
        device.release()
        device = device.inner
