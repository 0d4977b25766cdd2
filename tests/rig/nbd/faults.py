"""What can be wrong with a drive, one class each: a device around a sound one.

Addresses and lengths are bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
import errno
import os
from threading import Event, Lock
import time
from typing import override

from .store import Device

BLOCK = 4096


@dataclass(frozen=True)
class Span:
    """Bytes from `start` up to but without `end`."""

    start: int
    end: int

    @classmethod
    def block(cls, start: int, blocks: int = 1) -> Span:
        """Return so many blocks of 4 KiB from `start`."""
        return cls(start, start + blocks * BLOCK)

    def touched(self, offset: int, length: int) -> Span | None:
        """Return what of these bytes an access reaches."""
        start, end = max(self.start, offset), min(self.end, offset + length)
        return Span(start, end) if start < end else None

    @property
    def length(self) -> int:
        """Return how many bytes these are."""
        return self.end - self.start


EVERYTHING = Span(0, 1 << 63)


@dataclass
class Fault:
    """A sound device; every fault changes a part of it."""

    inner: Device

    @property
    def size(self) -> int:
        """Return the size that the drive claims."""
        return self.inner.size

    def read(self, offset: int, length: int) -> bytes:
        """Read as a sound drive does."""
        return self.inner.read(offset, length)

    def write(self, offset: int, data: bytes) -> None:
        """Write as a sound drive does."""
        self.inner.write(offset, data)

    def release(self) -> None:
        """Let go of every access that the fault holds."""


# Data that are not what was written.


@dataclass
class Wraps(Fault):
    """Fake capacity: above `real` bytes the addresses begin again."""

    real: int

    @override
    def read(self, offset: int, length: int) -> bytes:
        return b"".join(
            self.inner.read(start, n) for start, n in self._parts(offset, length)
        )

    @override
    def write(self, offset: int, data: bytes) -> None:
        at = 0
        for start, n in self._parts(offset, len(data)):
            self.inner.write(start, data[at : at + n])
            at += n

    def _parts(self, offset: int, length: int) -> list[tuple[int, int]]:
        parts = []
        while length:
            start = offset % self.real
            n = min(length, self.real - start)
            parts.append((start, n))
            offset += n
            length -= n
        return parts


@dataclass
class AnswersElsewhere(Fault):
    """Reads of a span get what lies `distance` bytes further on."""

    span: Span
    distance: int = BLOCK

    @override
    def read(self, offset: int, length: int) -> bytes:
        data = bytearray(self.inner.read(offset, length))
        if hit := self.span.touched(offset, length):
            there = self.inner.read(hit.start + self.distance, hit.length)
            data[hit.start - offset : hit.end - offset] = there
        return bytes(data)


@dataclass
class LosesWrites(Fault):
    """Writes to a span after the first `kept` say they succeeded and never arrive.

    With `kept` above 0 the span holds data of an earlier pass.
    """

    span: Span
    kept: int = 0
    _seen: int = field(default=0, init=False)

    @override
    def write(self, offset: int, data: bytes) -> None:
        hit = self.span.touched(offset, len(data))
        if hit is None:
            self.inner.write(offset, data)
            return
        self._seen += hit.start == self.span.start
        if self._seen <= self.kept:
            self.inner.write(offset, data)
            return
        self.inner.write(offset, data[: hit.start - offset])
        self.inner.write(hit.end, data[hit.end - offset :])


@dataclass
class Misplaces(Fault):
    """Writes to a span land `distance` bytes further on instead."""

    span: Span
    distance: int

    @override
    def write(self, offset: int, data: bytes) -> None:
        hit = self.span.touched(offset, len(data))
        if hit is None:
            self.inner.write(offset, data)
            return
        self.inner.write(offset, data[: hit.start - offset])
        self.inner.write(hit.end, data[hit.end - offset :])
        astray = data[hit.start - offset : hit.end - offset]
        self.inner.write(hit.start + self.distance, astray)


@dataclass
class StuckLine(Fault):
    """One bit of every eighth byte of the whole drive is always 0, or always 1."""

    lane: int
    bit: int
    value: bool

    @override
    def read(self, offset: int, length: int) -> bytes:
        mask = 1 << self.bit
        table = bytes((n | mask) if self.value else (n & ~mask) for n in range(256))
        data = bytearray(self.inner.read(offset, length))
        first = (self.lane - offset) % 8
        data[first::8] = data[first::8].translate(table)
        return bytes(data)


@dataclass
class StuckBit(Fault):
    """A single bit of the drive is always 0, or always 1."""

    byte: int
    bit: int
    value: bool

    @override
    def read(self, offset: int, length: int) -> bytes:
        data = bytearray(self.inner.read(offset, length))
        if offset <= self.byte < offset + length:
            mask = 1 << self.bit
            at = self.byte - offset
            data[at] = (data[at] | mask) if self.value else (data[at] & ~mask)
        return bytes(data)


@dataclass
class Rots(Fault):
    """The lowest bit of a byte flips once it has lain there for `age` seconds of `clock`."""

    byte: int
    age: float
    clock: Callable[[], float] = time.monotonic
    _written: float | None = field(default=None, init=False)

    @override
    def read(self, offset: int, length: int) -> bytes:
        data = bytearray(self.inner.read(offset, length))
        old = self._written is not None and self.clock() - self._written >= self.age
        if old and offset <= self.byte < offset + length:
            data[self.byte - offset] ^= 1
        return bytes(data)

    @override
    def write(self, offset: int, data: bytes) -> None:
        self.inner.write(offset, data)
        if offset <= self.byte < offset + len(data):
            self._written = self.clock()


@dataclass
class KeepsNothing(Fault):
    """Every write succeeds, every read gives zeros."""

    @override
    def read(self, offset: int, length: int) -> bytes:
        return bytes(length)

    @override
    def write(self, offset: int, data: bytes) -> None:
        return


# Accesses that fail.


@dataclass
class ReadFails(Fault):
    """Reads of a span fail, each or only the first `times`."""

    span: Span
    times: int | None = None
    error: int = errno.EIO
    _lock: Lock = field(default_factory=Lock, init=False)

    @override
    def read(self, offset: int, length: int) -> bytes:
        if self.span.touched(offset, length) and self._once_more():
            raise OSError(self.error, os.strerror(self.error))
        return self.inner.read(offset, length)

    def _once_more(self) -> bool:
        with self._lock:
            if self.times is None:
                return True
            self.times -= 1
            return self.times >= 0


@dataclass
class WriteFails(ReadFails):
    """Writes to a span fail, each or only the first `times`."""

    @override
    def read(self, offset: int, length: int) -> bytes:
        return self.inner.read(offset, length)

    @override
    def write(self, offset: int, data: bytes) -> None:
        if self.span.touched(offset, len(data)) and self._once_more():
            raise OSError(self.error, os.strerror(self.error))
        self.inner.write(offset, data)


@dataclass
class Locked(Fault):
    """Neither reads nor writes, as a drive that waits for its password."""

    @override
    def read(self, offset: int, length: int) -> bytes:
        raise PermissionError(errno.EPERM, "locked")

    @override
    def write(self, offset: int, data: bytes) -> None:
        raise PermissionError(errno.EPERM, "locked")


@dataclass
class WriteProtected(Fault):
    """Reads, and refuses every write."""

    @override
    def write(self, offset: int, data: bytes) -> None:
        raise PermissionError(errno.EPERM, "write-protected")


@dataclass
class Shrinks(Fault):
    """Nothing above `real` bytes answers any more, whatever the drive said at first."""

    real: int

    @override
    def read(self, offset: int, length: int) -> bytes:
        self._check(offset + length)
        return self.inner.read(offset, length)

    @override
    def write(self, offset: int, data: bytes) -> None:
        self._check(offset + len(data))
        self.inner.write(offset, data)

    def _check(self, end: int) -> None:
        if end > self.real:
            raise OSError(errno.EIO, "beyond the end")


# Accesses that take long.


@dataclass
class Slow(Fault):
    """Every access to a span takes `seconds` more."""

    span: Span
    seconds: float
    _released: Event = field(default_factory=Event, init=False)

    @override
    def read(self, offset: int, length: int) -> bytes:
        self._wait(offset, length)
        return self.inner.read(offset, length)

    @override
    def write(self, offset: int, data: bytes) -> None:
        self._wait(offset, len(data))
        self.inner.write(offset, data)

    @override
    def release(self) -> None:
        self._released.set()

    def _wait(self, offset: int, length: int) -> None:
        if self.span.touched(offset, length):
            self._released.wait(self.seconds)


@dataclass
class Holds(Fault):
    """Writes to a span wait until they are let go; everything else is answered."""

    span: Span
    holding: Event = field(default_factory=Event, init=False)
    _released: Event = field(default_factory=Event, init=False)

    @override
    def write(self, offset: int, data: bytes) -> None:
        if self.span.touched(offset, len(data)):
            self.holding.set()
            self._released.wait()
        self.inner.write(offset, data)

    @override
    def release(self) -> None:
        self._released.set()


@dataclass
class Throttled(Fault):
    """Moves so many bytes a second, one access after the other, as a platter does."""

    bytes_per_second: float
    _lock: Lock = field(default_factory=Lock, init=False)
    _idle_from: float = field(default=0.0, init=False)
    _released: Event = field(default_factory=Event, init=False)

    @override
    def read(self, offset: int, length: int) -> bytes:
        self._wait(length)
        return self.inner.read(offset, length)

    @override
    def write(self, offset: int, data: bytes) -> None:
        self._wait(len(data))
        self.inner.write(offset, data)

    @override
    def release(self) -> None:
        self._released.set()

    def _wait(self, length: int) -> None:
        now = time.monotonic()
        with self._lock:
            begins = max(self._idle_from, now)
            self._idle_from = ends = begins + length / self.bytes_per_second
        self._released.wait(ends - now)


@dataclass
class Hangs(Fault):
    """The first access to a span gets no answer for `seconds`, or until it is released.

    What comes after it waits too: a drive that hangs answers nobody.
    """

    span: Span
    seconds: float | None = None
    hanging: Event = field(default_factory=Event, init=False)
    _released: Event = field(default_factory=Event, init=False)

    @override
    def read(self, offset: int, length: int) -> bytes:
        self._wait(offset, length)
        return self.inner.read(offset, length)

    @override
    def write(self, offset: int, data: bytes) -> None:
        self._wait(offset, len(data))
        self.inner.write(offset, data)

    @override
    def release(self) -> None:
        self._released.set()

    def _wait(self, offset: int, length: int) -> None:
        if self.span.touched(offset, length):
            self.hanging.set()
        if self.hanging.is_set() and not self._released.wait(self.seconds):
            self._released.set()
