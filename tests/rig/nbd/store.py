"""What a faulty drive keeps its data in."""

from threading import Lock
from typing import Protocol

CHUNK = 1 << 16


class Device(Protocol):
    """Something of bytes that can be read and written; raises OSError as a drive fails."""

    @property
    def size(self) -> int:
        """Return how many bytes it says it has."""

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes."""

    def write(self, offset: int, data: bytes) -> None:
        """Keep `data`."""


class Store:
    """Bytes in memory; only what was ever written takes room, so it may be of any size."""

    def __init__(self, size: int, fill: int = 0x5A) -> None:
        """Make a store of `size` bytes, all `fill`."""
        self._size = size
        self._blank = bytes([fill]) * CHUNK
        self._chunks: dict[int, bytearray] = {}
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return the size in bytes."""
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes, all of them inside."""
        self._check(offset, length)
        parts = []
        with self._lock:
            for number, start, count in _pieces(offset, length):
                chunk = self._chunks.get(number, self._blank)
                parts.append(chunk[start : start + count])
        return b"".join(parts)

    def write(self, offset: int, data: bytes) -> None:
        """Keep `data`, all of it inside."""
        self._check(offset, len(data))
        at = 0
        with self._lock:
            for number, start, count in _pieces(offset, len(data)):
                if number not in self._chunks:
                    self._chunks[number] = bytearray(self._blank)
                self._chunks[number][start : start + count] = data[at : at + count]
                at += count

    def copy(self) -> Store:
        """Return another store that holds the same, to compare with later."""
        other = Store(self._size, self._blank[0])
        with self._lock:
            other._chunks = {at: bytearray(data) for at, data in self._chunks.items()}
        return other

    def first_difference(self, other: Store) -> int | None:
        """Return the lowest byte where two stores of one size differ."""
        for number in sorted(self._chunks.keys() | other._chunks.keys()):
            mine = self._chunks.get(number, self._blank)
            its = other._chunks.get(number, other._blank)
            if mine != its:
                pairs = enumerate(zip(mine, its, strict=True))
                return number * CHUNK + next(at for at, (a, b) in pairs if a != b)
        return None

    def _check(self, offset: int, length: int) -> None:
        if offset < 0 or offset + length > self._size:
            raise ValueError(f"{offset} + {length} is outside of {self._size} bytes")


def _pieces(offset: int, length: int) -> list[tuple[int, int, int]]:
    """Return chunk number, start in the chunk and count, in order."""
    pieces = []
    while length:
        number, start = divmod(offset, CHUNK)
        count = min(CHUNK - start, length)
        pieces.append((number, start, count))
        offset += count
        length -= count
    return pieces
