"""Memory that a drive can write to directly, and its comparison."""

from __future__ import annotations

import ctypes
import mmap

_memcmp = ctypes.CDLL(None).memcmp
"""20 times as fast as comparing memoryviews, and lets other threads run meanwhile."""
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_memcmp.restype = ctypes.c_int


class Buffer:
    """Memory that begins at a page, as direct I/O needs it."""

    def __init__(self, length: int) -> None:
        """Map `length` bytes, a multiple of 8."""
        self._memory = mmap.mmap(-1, length, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.view = memoryview(self._memory)
        self.words = self.view.cast("Q")
        """The same as 64-bit numbers in the machine's byte order."""
        self._address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))

    def __len__(self) -> int:
        """Return its length in bytes."""
        return len(self.view)

    def equals(self, other: Buffer, start: int, length: int) -> bool:
        """Return whether the bytes from `start` are those that the other begins with."""
        if start + length > len(self) or length > len(other):
            raise IndexError(start, length)
        return bool(_memcmp(self._address + start, other._address, length) == 0)
