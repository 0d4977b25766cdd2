"""The drive as one that bytes are written to and read from."""

from __future__ import annotations

import errno
import fcntl
import os
import threading

from ..kernel import KERNEL

_DIOCGFLUSH = 0x20006487
"""sys/disk.h of FreeBSD, whose fsync of a disk does not empty the drive's cache."""

_NO_CACHE = frozenset((errno.ENOTTY, errno.EOPNOTSUPP, errno.ENODEV, errno.EINVAL))


class Medium:
    """A drive that is open for reading and writing. Every method may raise OSError."""

    def __init__(self, descriptor: int) -> None:
        """Use a descriptor, which stays its owner's."""
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self.written = 0
        """Bytes of all writes that were asked for, whatever came of them."""

    def read(self, view: memoryview, byte: int) -> int:
        """Read into `view` from `byte`; return how many bytes came."""
        return os.preadv(self._descriptor, [view], byte)

    def write(self, view: memoryview, byte: int) -> int:
        """Write `view` at `byte`; return how many bytes went."""
        with self._lock:
            self.written += len(view)
        return os.pwrite(self._descriptor, view, byte)

    def flush(self) -> None:
        """Return when everything written is on the drive for good."""
        os.fsync(self._descriptor)
        if KERNEL.freebsd:
            try:
                fcntl.ioctl(self._descriptor, _DIOCGFLUSH)
            except OSError as error:
                if error.errno not in _NO_CACHE:
                    raise
