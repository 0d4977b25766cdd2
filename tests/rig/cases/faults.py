"""Every kind of fault that a drive can have, and how it is put on a drive of the rig."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.rig.guest.drives import MIB
from tests.rig.nbd.faults import (
    BLOCK,
    AnswersElsewhere,
    Fault,
    KeepsNothing,
    Locked,
    LosesWrites,
    Misplaces,
    ReadFails,
    Rots,
    Shrinks,
    Slow,
    Span,
    StuckBit,
    StuckLine,
    Wraps,
    WriteFails,
    WriteProtected,
)
from tests.rig.nbd.store import Device

SIZE = 16 * MIB
AT = 9 * MIB + 3 * BLOCK
BAD = Span.block(AT)


@dataclass(frozen=True)
class Case:
    """One drive with one fault; `at` is the byte that a verdict may name."""

    name: str
    words: str
    fault: Callable[[Device], Fault]
    at: int | None = AT
    sound: bool = False
    by_chance: bool = False
    """One pass of stamped data sees it or not, as they happen to be."""
    blind: frozenset[str] = frozenset()
    """The methods that cannot see it, as docs/verdict.md says."""
    capacity_check: bool = False
    """Whether there is one: it looks at a quarter of so small a drive, and would find by chance
    what the sweeps have to find."""

    @property
    def serial(self) -> str:
        """Return the drive's serial number."""
        return self.name.upper().replace("_", "")[:16]


CASES = (
    Case("sound", "none", Fault, at=None, sound=True, capacity_check=True),
    Case("wraps", "addresses wrap: 4 MiB sold as 16", lambda d: Wraps(d, 4 * MIB), at=None, capacity_check=True),
    Case("neighbour", "a block answers with its neighbor's data", lambda d: AnswersElsewhere(d, BAD),
        blind=frozenset({"patterns"})),
    Case("lost", "writes to a block are lost", lambda d: LosesWrites(d, BAD)),
    Case("astray", "a block's writes land 1 MiB further on", lambda d: Misplaces(d, BAD, MIB)),
    Case("earlier", "a block keeps the first data it was given", lambda d: LosesWrites(d, BAD, kept=1), by_chance=True),
    Case("line0", "a data line stuck at 0", lambda d: StuckLine(d, 2, 5, value=False), at=None),
    Case("line1", "a data line stuck at 1", lambda d: StuckLine(d, 2, 5, value=True), at=None),
    Case("bit0", "a single bit stuck at 0", lambda d: StuckBit(d, AT + 100, 3, value=False), by_chance=True),
    Case("bit1", "a single bit stuck at 1", lambda d: StuckBit(d, AT + 100, 3, value=True), by_chance=True),
    Case("rots", "a bit flips while the data lie there", lambda d: Rots(d, AT + 100, age=0.2)),
    Case("nothing", "keeps nothing, reads zeros", KeepsNothing, at=None),
    Case("readerror", "a block cannot be read", lambda d: ReadFails(d, BAD)),
    Case("writeerror", "a block cannot be written", lambda d: WriteFails(d, BAD)),
    Case("retried", "one read fails, its retry succeeds", lambda d: ReadFails(d, BAD, times=1)),
    Case("sector", "the last sector of a block cannot be read", lambda d: ReadFails(d, Span(AT + 3584, AT + BLOCK))),
    Case("slowblock", "a block takes 3 s", lambda d: Slow(d, BAD, 3), sound=True),
    Case("shrinks", "nothing above 12 MiB answers", lambda d: Shrinks(d, 12 * MIB), at=12 * MIB),
    Case("protected", "refuses every write", WriteProtected, at=None),
    Case("locked", "neither reads nor writes", Locked, at=None),
)  # fmt: skip
"""`sound`: such a drive may pass; what a slow block means is decided from the ranges' records."""
