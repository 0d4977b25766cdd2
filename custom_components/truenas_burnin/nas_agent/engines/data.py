"""What is written to a drive, and what it means when something else comes back.

Stamped data: every 512-byte sector begins with 32 bytes that say whose it is (magic,
token) and where it belongs; the rest is random, from the token. They repeat each MiB but
for the place, so that a request of 8 MiB costs 8 short copies. Data depend on how far a
byte is from the start of its range, modulo one MiB, and on its address; never on the size
of requests, so that another agent or kernel may read what this one wrote.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
from typing import Protocol

from ..plan import SECTOR
from .buffers import Buffer
from .findings import Cause

UNIT = 1 << 20
"""Bytes after which stamped data repeat but for their addresses. Requests begin at
multiples of it from the start of their range."""

_MAGIC = 0x046FD8932AC75EB1
"""Has a 0 and a 1 for every data line, so that one that is stuck leaves no stamp."""
_ALL = (1 << 64) - 1
_WORDS = SECTOR // 8
_HEADER = 32
_INVERT = bytes(255 - value for value in range(256))
_PIECE = 1 << 16

_FEW_BITS = 2
"""A single sector that differs in so few bits is a damaged right one."""

_OWN_BITS = 8
"""An identity this close to ours is ours, damaged: others differ in half of 64 bits."""


@dataclass(frozen=True)
class Reason:
    """Why a block differs; `found_byte` is the address that its data name."""

    cause: Cause
    found_byte: int | None = None


class Data(Protocol):
    """What belongs on a drive in one sweep."""

    def fill(self, buffer: Buffer) -> None:
        """Prepare a buffer with everything that does not depend on the address."""

    def place(self, buffer: Buffer, byte: int, length: int) -> None:
        """Make a prepared buffer hold what belongs at `byte` and behind."""

    def explain(self, found: bytes, wanted: bytes, byte: int) -> Reason:
        """Say why the block at `byte` is not what it should be."""


class Stamped:
    """Data that name their own address; the second pass has every bit the other way."""

    def __init__(self, seed: str, inverted: bool = False) -> None:
        """Derive everything from the seed; the same one gives the same data for ever."""
        self._seed = seed.encode()
        self._flip = _ALL if inverted else 0
        self._identity = int.from_bytes(self._shake(b"identity", 8), "little")

    def _shake(self, what: bytes, length: int) -> bytes:
        return hashlib.shake_256(self._seed + b"\0" + what).digest(length)

    def _random(self, piece: int) -> bytes:
        """Return random data of one piece of a unit."""
        data = self._shake(b"data %d" % piece, _PIECE)
        return data.translate(_INVERT) if self._flip else data

    def fill(self, buffer: Buffer) -> None:
        """Put random data and the constant words of every stamp there."""
        for start in range(0, min(len(buffer), UNIT), _PIECE):
            end = min(start + _PIECE, len(buffer))
            buffer.view[start:end] = self._random(start // _PIECE)[: end - start]
        sectors = min(len(buffer), UNIT) // SECTOR
        end = sectors * _WORDS
        offsets = (offset ^ self._flip for offset in range(0, sectors * SECTOR, SECTOR))
        buffer.words[0:end:_WORDS] = self._words(_MAGIC, sectors)
        buffer.words[2:end:_WORDS] = array("Q", offsets)
        buffer.words[3:end:_WORDS] = self._words(self._identity, sectors)
        for start in range(UNIT, len(buffer), UNIT):
            end = min(start + UNIT, len(buffer))
            buffer.view[start:end] = buffer.view[: end - start]

    def place(self, buffer: Buffer, byte: int, length: int) -> None:
        """Put the address of every MiB into the stamps of all its sectors."""
        for start in range(0, length, UNIT):
            sectors = min(UNIT, len(buffer) - start) // SECTOR
            first = start // 8
            end = first + sectors * _WORDS
            buffer.words[first + 1 : end : _WORDS] = self._words(byte + start, sectors)

    def _words(self, value: int, count: int) -> array[int]:
        return array("Q", [value ^ self._flip]) * count

    def explain(self, found: bytes, wanted: bytes, byte: int) -> Reason:
        """Read the stamp of the first sector that differs."""
        offsets = _differing(found, wanted)
        sector = found[offsets[0] : offsets[0] + SECTOR]
        if not any(sector):
            return Reason(Cause.ZEROS)
        stamp = _Stamp.read(sector, self._flip) or _Stamp.read(
            sector, self._flip ^ _ALL
        )
        if stamp is None:
            return Reason(Cause.BITS_DIFFER)
        here = byte + offsets[0]
        elsewhere = None if stamp.byte == here else stamp.byte - offsets[0]
        if stamp.flip != self._flip:
            return Reason(Cause.EARLIER_PASS, elsewhere)
        if _bits(stamp.identity ^ self._identity) > _OWN_BITS:
            return Reason(Cause.EARLIER_PASS, elsewhere)
        damaged = len(offsets) == 1 and _bits_between(found, wanted) <= _FEW_BITS
        if elsewhere is None or damaged or not self._belongs(sector, stamp.offset):
            return Reason(Cause.BITS_DIFFER)
        return Reason(Cause.OTHER_ADDRESS, elsewhere)

    def _belongs(self, sector: bytes, offset: int) -> bool:
        """Return whether the rest of a sector is what belongs that far into a MiB."""
        if offset % SECTOR or offset >= UNIT:
            return False
        start = offset % _PIECE
        return (
            self._random(offset // _PIECE)[start : start + SECTOR][_HEADER:]
            == (sector[_HEADER:])
        )


@dataclass(frozen=True)
class _Stamp:
    """The first words of a sector, turned back where they are inverted."""

    flip: int
    unit: int
    offset: int
    identity: int

    @property
    def byte(self) -> int:
        """Return the address that the sector names as its own."""
        return self.unit + self.offset

    @classmethod
    def read(cls, sector: bytes, flip: int) -> _Stamp | None:
        magic, unit, offset, identity = (
            int.from_bytes(sector[start : start + 8], "little") ^ flip
            for start in range(0, _HEADER, 8)
        )
        return cls(flip, unit, offset, identity) if magic == _MAGIC else None


class Pattern:
    """One byte again and again, as `badblocks -w` writes it."""

    def __init__(self, value: int, earlier: Sequence[int] = ()) -> None:
        """Take the byte, and those that were written to the drive before."""
        self._value = value
        self._earlier = tuple(earlier)

    def fill(self, buffer: Buffer) -> None:
        """Put it everywhere."""
        piece = bytes([self._value]) * _PIECE
        for start in range(0, len(buffer), _PIECE):
            end = min(start + _PIECE, len(buffer))
            buffer.view[start:end] = piece[: end - start]

    def place(self, buffer: Buffer, byte: int, length: int) -> None:
        """Do nothing: it is the same at every address."""

    def explain(self, found: bytes, wanted: bytes, byte: int) -> Reason:
        """Look at the first sector that differs."""
        offset = _differing(found, wanted)[0]
        sector = found[offset : offset + SECTOR]
        if any(sector == bytes([value]) * len(sector) for value in self._earlier):
            return Reason(Cause.EARLIER_PASS)
        if any(_Stamp.read(sector, flip) for flip in (0, _ALL)):
            return Reason(Cause.EARLIER_PASS)
        return Reason(Cause.BITS_DIFFER if any(sector) else Cause.ZEROS)


def _differing(found: bytes, wanted: bytes) -> list[int]:
    """Return where the sectors begin that differ; at least one does."""
    return [
        start
        for start in range(0, len(wanted), SECTOR)
        if found[start : start + SECTOR] != wanted[start : start + SECTOR]
    ]


def _bits(number: int) -> int:
    return bin(number).count("1")


def _bits_between(one: bytes, other: bytes) -> int:
    return _bits(int.from_bytes(one, "little") ^ int.from_bytes(other, "little"))
