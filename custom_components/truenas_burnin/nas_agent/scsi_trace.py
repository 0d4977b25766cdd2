"""Errors of a SCSI drive that a retry of the kernel hid, by the kernel's trace of commands.

Linux's SCSI layer logs only what it gives up on. Its trace event scsi_dispatch_cmd_done
(include/trace/events/scsi.h) tells of each command as it comes back, before anybody
decides to repeat it. A trace instance of our own listens, for reads and writes of one
drive alone that the drive itself answered with an error; nobody else's tracing is
touched. Where there is no tracefs, or an older kernel whose event tells no sense data,
nothing is found. Drives behind libata are left to its log: after one error it has the
commands beside it fail as well.
"""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import re

from .kernel_log import ata_name

_PREFIX = "truenas-burnin-"

_TRIES = 3
"""Somebody who sweeps may take an instance away that is not open yet."""

_BUFFER_KIB = "16"
"""Of each processor: there may be dozens of them, and of workers too."""

_MOST_BYTES = 1 << 20
_EVENT = b"scsi_dispatch_cmd_done: "

_CHECK_CONDITION = 2
_READS_AND_WRITES = (0x28, 0x2A, 0x88, 0x8A)
_MEDIUM_ERROR, _HARDWARE_ERROR, _ABORTED = 3, 4, 0xB

_NOT_THE_DRIVE = (
    0x08,  # communication failure
    0x0E,  # error in an information unit
    0x29,  # reset
    0x2F,  # cleared by another initiator, or by a loss of power
    0x43,  # message error
    0x45,  # select or reselect failure
    0x47,  # CRC of the link
    0x48,  # initiator detected an error
    0x49,  # invalid message
    0x4A,  # command phase error
    0x4B,  # data phase error
    0x4D,  # tagged overlapped commands
    0x4E,  # overlapped commands
    0x55,  # out of resources
)
"""Additional sense codes of SPC-5 with which a drive aborts what cables, controllers,
resets or other initiators spoilt."""


class ScsiTrace:
    """What a SCSI drive answers from now on."""

    def __init__(self, sys: Path, device: str) -> None:
        """Listen, where the kernel lets us."""
        self._instance: Path | None = None
        self._descriptor: int | None = None
        address = _address(sys / "block" / device / "device")
        if not address:
            return
        sweep(sys)
        instance = _instances(sys) / (_PREFIX + "-".join(address))
        for _ in range(_TRIES):
            try:
                self._listen(instance, address)
            except OSError:
                self.close()
            else:
                return

    def _listen(self, instance: Path, address: tuple[str, ...]) -> None:
        instance.mkdir(exist_ok=True)
        self._instance = instance
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
        self._descriptor = os.open(instance / "trace_pipe", flags)
        event = instance / "events/scsi/scsi_dispatch_cmd_done"
        (instance / "buffer_size_kb").write_text(_BUFFER_KIB)
        (event / "filter").write_text(_filter(address))
        (event / "enable").write_text("1")

    def close(self) -> None:
        """Listen no more, and leave nothing there."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._instance is not None:
            with suppress(OSError):
                self._instance.rmdir()
            self._instance = None

    def drain(self) -> int:
        """Return with how many errors the drive answered since the last call."""
        if self._descriptor is None:
            return 0
        said = b""
        try:
            while len(said) < _MOST_BYTES:
                part = os.read(self._descriptor, 1 << 16)
                if not part:
                    break
                said += part
        except BlockingIOError:
            pass  # that was all
        except OSError:
            self.close()
        return said.count(_EVENT)


def sweep(sys: Path) -> None:
    """Remove what killed workers left; the kernel keeps what somebody listens to."""
    for instance in _instances(sys).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            instance.rmdir()


def _instances(sys: Path) -> Path:
    return sys / "kernel/tracing/instances"


def _address(device: Path) -> tuple[str, ...]:
    """Return host, channel, id and unit; nothing for what is not to be listened to."""
    place = device.resolve()
    found = re.fullmatch(r"(\d+):(\d+):(\d+):(\d+)", place.name)
    return found.groups() if found and ata_name(device) is None else ()


def _filter(address: tuple[str, ...]) -> str:
    """Return what the kernel is to tell of (Documentation/trace/events.rst, 5)."""
    host, channel, target, unit = address
    moves = " || ".join(f"opcode == {code}" for code in _READS_AND_WRITES)
    not_others = " && ".join(f"asc != {code}" for code in _NOT_THE_DRIVE)
    return (
        f"host_no == {host} && channel == {channel} && id == {target} && lun == {unit}"
        f" && result == {_CHECK_CONDITION} && ({moves})"
        f" && (sense_key == {_MEDIUM_ERROR} || sense_key == {_HARDWARE_ERROR}"
        f" || (sense_key == {_ABORTED} && {not_others}))"
    )
