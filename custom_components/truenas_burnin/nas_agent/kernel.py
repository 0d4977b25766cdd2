"""What the kernel says about an open drive: Linux and FreeBSD, by ioctl."""

from __future__ import annotations

import array
import fcntl
import os
from pathlib import Path
import stat
import struct
import sys
from typing import Protocol


class Kernel(Protocol):
    """One kind of kernel; `descriptor` is always of an open drive.

    Every method but the first may raise OSError.
    """

    freebsd: bool

    def is_drive(self, status: os.stat_result) -> bool:
        """Return whether a drive can have this kind of file."""

    def open_exclusively(self, node: Path) -> int:
        """Open a drive for reading and writing, so that nobody else may use it.

        Without the kernel's cache, and never making a file of that name.
        """

    def size(self, descriptor: int) -> int:
        """Return the size in bytes, 0 if the kernel does not know it."""

    def logical_sector(self, descriptor: int) -> int:
        """Return the bytes of the smallest request."""

    def is_read_only(self, descriptor: int) -> bool:
        """Return whether nobody may write to it."""

    def serial(self, descriptor: int) -> str:
        """Return the serial number that the kernel read when the drive came, or ''."""

    def discard(self, descriptor: int, start: int, length: int) -> None:
        """Tell the drive that nobody needs these bytes."""


class Linux:
    """Linux: requests of linux/fs.h."""

    freebsd = False

    def is_drive(self, status: os.stat_result) -> bool:
        """Return whether it is a block device."""
        return stat.S_ISBLK(status.st_mode)

    def open_exclusively(self, node: Path) -> int:
        """Open it so that it can be no part of a pool, mount, array or volume."""
        flags = os.O_RDWR | os.O_EXCL | os.O_CLOEXEC
        return os.open(node, flags | getattr(os, "O_DIRECT", 0))

    def size(self, descriptor: int) -> int:
        """Ask BLKGETSIZE64."""
        return _number(descriptor, 0x80081272, "Q")

    def logical_sector(self, descriptor: int) -> int:
        """Ask BLKSSZGET."""
        return _number(descriptor, 0x1268, "i")

    def is_read_only(self, descriptor: int) -> bool:
        """Ask BLKROGET."""
        return bool(_number(descriptor, 0x125E, "i"))

    def serial(self, descriptor: int) -> str:
        """Return nothing: Linux tells it in sysfs and by udev."""
        return ""

    def discard(self, descriptor: int, start: int, length: int) -> None:
        """Call BLKDISCARD."""
        fcntl.ioctl(descriptor, 0x1277, struct.pack("QQ", start, length))


class FreeBsd:
    """FreeBSD: requests of sys/disk.h."""

    freebsd = True

    def is_drive(self, status: os.stat_result) -> bool:
        """Return whether it is a character device, as all disks are there."""
        return stat.S_ISCHR(status.st_mode)

    def open_exclusively(self, node: Path) -> int:
        """Open it for writing, which GEOM lets nobody do to a disk that is in use."""
        return os.open(node, os.O_RDWR | os.O_CLOEXEC)

    def size(self, descriptor: int) -> int:
        """Ask DIOCGMEDIASIZE."""
        return _number(descriptor, 0x40086481, "q")

    def logical_sector(self, descriptor: int) -> int:
        """Ask DIOCGSECTORSIZE."""
        return _number(descriptor, 0x40046480, "I")

    def is_read_only(self, descriptor: int) -> bool:
        """Return False: opening it for writing would have been refused."""
        return False

    def serial(self, descriptor: int) -> str:
        """Ask DIOCGIDENT."""
        said = fcntl.ioctl(descriptor, 0x41006489, bytes(256))
        return said.split(b"\0", 1)[0].decode("ascii", "replace")

    def discard(self, descriptor: int, start: int, length: int) -> None:
        """Call DIOCGDELETE."""
        fcntl.ioctl(descriptor, 0x80106488, struct.pack("qq", start, length))


def _number(descriptor: int, request: int, kind: str) -> int:
    answer = array.array(kind, [0])
    fcntl.ioctl(descriptor, request, answer)
    return int(answer[0])


KERNEL: Kernel = FreeBsd() if sys.platform.startswith("freebsd") else Linux()
"""The one that this runs under."""
