"""The drive whose surface is worked on, and what is needed to keep it busy."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Protocol

from ..plan import BLOCK
from .buffers import Buffer
from .data import UNIT, Data
from .findings import Cause, Finding, Kind
from .lanes import Lanes
from .medium import Medium
from .transfer import DRIVE_ERRORS, transfer

_UNTOUCHED = 0x0123456789ABCDEF
"""Put into every block before it is read: a request that brings nothing must not leave
there what an earlier one brought."""


class Watch(Protocol):
    """Who is told, and who may end the work by raising."""

    def wants_break(self) -> bool:
        """Return whether `take_break` is to be called."""

    def take_break(self) -> None:
        """Return when work may go on; nothing is under way meanwhile."""

    def advanced(self, done: int) -> None:
        """Hear how many bytes of the range are done."""

    def found(self, findings: Sequence[Finding]) -> None:
        """Hear what went wrong."""

    def most_findings(self) -> int:
        """Return how many more findings are of interest."""


class Surface:
    """One drive in work: requests under way, and the buffers that they use."""

    def __init__(self, medium: Medium, *, solid_state: bool) -> None:
        """Keep solid state busy with more requests, in the same 16 MiB of memory."""
        self.medium = medium
        self.request = (4 if solid_state else 8) * UNIT
        self.lanes = Lanes(4 if solid_state else 2)
        self.buffers = [Buffer(self.request) for _ in range(self.lanes.count)]
        self.wanted = Buffer(UNIT)
        """What should come back: little, so that it stays in the processor's cache."""
        self._untouched = array("Q", [_UNTOUCHED]) * (self.request // BLOCK)

    def write(self, buffer: Buffer, byte: int, length: int, most: int) -> list[Finding]:
        """Write the beginning of a buffer; return what went wrong."""
        view = buffer.view[:length]
        return transfer(Kind.WRITE, self.medium.write, view, byte, most)

    def read(self, buffer: Buffer, byte: int, length: int, most: int) -> list[Finding]:
        """Read into the beginning of a buffer; return what went wrong."""
        buffer.words[:: BLOCK // 8] = self._untouched
        view = buffer.view[:length]
        return transfer(Kind.READ, self.medium.read, view, byte, most)

    def flush(self, byte: int, length: int) -> list[Finding]:
        """Empty the drive's cache; only then is what was written there done."""
        try:
            self.lanes.begin(self.medium.flush).wait()
        except OSError as error:
            if error.errno not in DRIVE_ERRORS:
                raise
            cause = Cause.IO_ERROR
            return [Finding(Kind.WRITE, byte, length, cause, None, error.errno)]
        return []

    def compare(
        self, data: Data, buffer: Buffer, byte: int, length: int, bad: list[Finding]
    ) -> list[Finding]:
        """Return which blocks of a buffer are not what belongs at `byte`.

        Nobody knows what is in the buffer where reading went wrong: `bad`.
        """
        unread = {one.byte for one in bad if one.length <= BLOCK}
        found: list[Finding] = []
        for start in range(0, length, UNIT):
            part = min(UNIT, length - start)
            data.place(self.wanted, byte + start, part)
            if not buffer.equals(self.wanted, start, part):
                found += self._differences(data, buffer, byte, start, part, unread)
        return found

    def _differences(
        self,
        data: Data,
        buffer: Buffer,
        byte: int,
        start: int,
        length: int,
        unread: set[int],
    ) -> list[Finding]:
        """Look at the blocks of a unit that begins `start` bytes into the buffer."""
        found = []
        for offset in range(0, length, BLOCK):
            size = min(BLOCK, length - offset)
            here = byte + start + offset
            came = bytes(buffer.view[start + offset : start + offset + size])
            wanted = bytes(self.wanted.view[offset : offset + size])
            if came != wanted and here not in unread:
                reason = data.explain(came, wanted, here)
                found.append(
                    Finding(Kind.COMPARE, here, size, reason.cause, reason.found_byte)
                )
        return found
