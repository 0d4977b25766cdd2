r"""Errors of a drive that the kernel hid from us by a retry that succeeded.

Only lines of the kernel's log count in which the *drive itself* answered a read or write
with an error. Not used, although it is at hand: `ioerr_cnt` of SCSI devices (and the like
`num_err_log_entries` of NVMe). Linux raises it for every command whose result is not
zero (scsi_complete in drivers/scsi/scsi_lib.c): for each ATA pass-through that asks for
the registers, as smartctl and TrueNAS itself do every few minutes, for unit attentions
after a reset, for pages that a drive does not have, for cable trouble. Who sent the
command cannot be told, so growth proves nothing. What the log does not show, the drive's
own counters do, which the integration compares before and after.

Counted lines, by driver:

* libata: `failed command: READ/WRITE …` followed by its `Emask … (media error)`,
  `(device error)` or `(invalid argument)` (the drive said UNC, ABRT, IDNF). Not
  `(ATA bus error)` (ICRC: the cable), `(timeout)` or `(host bus error)`, which a cable, a
  controller or a reset of its neighbors can cause (drivers/ata/libata-eh.c).
* sd: `Sense Key : Medium Error` or `Hardware Error`.
* block layer: `critical medium error, dev sdX`.
* NVMe: a status of type 2, media and data integrity (`sct 0x2`).

FreeBSD keeps no such log for readers; there the drive's own counters decide alone.
"""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import re

_RECORD = 8192
"""Bytes of the longest record (CONSOLE_EXT_LOG_MAX in Linux)."""

_MOST_RECORDS = 100_000

_ADDRESS = re.compile(r"/ata(?P<port>\d+)/.*/\d+:(?P<channel>\d+):(?P<id>\d+):\d+$")
_MOVES = re.compile(
    r"failed command: (READ|WRITE) (FPDMA|DMA|SECTOR|MULTI|STREAM|VERIFY)"
)
_DRIVE_SAID = re.compile(
    r"Emask 0x[0-9a-f]+ \((media|device|invalid) (error|argument)\)"
)


class KernelLog:
    """What the kernel says of one drive from now on."""

    def __init__(self, kmsg: Path, sys: Path, device: str) -> None:
        """Begin at the end of what has been logged; without a log nothing is found."""
        self._patterns = [
            re.compile(
                rf"\[{re.escape(device)}\].*Sense Key : (Medium|Hardware) Error"
            ),
            re.compile(rf"critical medium error, dev {re.escape(device)},"),
            re.compile(rf"^{re.escape(device)}: .*\(sct 0x2 /"),
        ]
        self._ata = ata_name(sys / "block" / device / "device")
        self._moving = False
        self._descriptor: int | None = None
        try:
            self._descriptor = os.open(kmsg, os.O_RDONLY | os.O_NONBLOCK)
            os.lseek(self._descriptor, 0, os.SEEK_END)
        except OSError:
            self.close()

    def close(self) -> None:
        """Listen no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def drain(self) -> int:
        """Return how many errors were logged since the last call.

        A single error is told by several drivers, one after the other: what the one that
        told most says is taken.
        """
        counts = [0] * (len(self._patterns) + 1)
        for line in self._lines():
            if self._is_ata_error(line):
                counts[-1] += 1
            for index, pattern in enumerate(self._patterns):
                if pattern.search(line):
                    counts[index] += 1
        return max(counts)

    def _is_ata_error(self, line: str) -> bool:
        if self._ata is None or not line.startswith(f"{self._ata}: "):
            return False
        if "failed command: " in line:
            self._moving = _MOVES.search(line) is not None
            return False
        return self._moving and _DRIVE_SAID.search(line) is not None

    def _lines(self) -> Iterator[str]:
        """Yield the messages of new records, which the kernel hands out one by one."""
        for _ in range(_MOST_RECORDS):
            if self._descriptor is None:
                return
            try:
                record = os.read(self._descriptor, _RECORD)
            except BlockingIOError:
                return
            except BrokenPipeError:
                continue  # the oldest were overwritten meanwhile
            except OSError:
                self.close()
                return
            if not record:
                return
            for line in record.decode("utf-8", "replace").splitlines():
                if not line.startswith(" "):
                    yield line.partition(";")[2]


def ata_name(device: Path) -> str | None:
    """Return what libata calls the drive, such as ata3.00."""
    found = _ADDRESS.search(str(device.resolve()))
    if found is None:
        return None
    # Behind a port multiplier the channel counts, on an old cable the number.
    unit = max(int(found["channel"]), int(found["id"]))
    return f"ata{found['port']}.{unit:02d}"
