"""Did somebody else write to the drive? Then what comes back accuses nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import time
from typing import Callable

from .drive.users import User
from .ending import Ending
from .engines.findings import Cause, Finding
from .engines.medium import Medium
from .errors import Code, Json
from .jobs import State

PASSING = 10.0
"""Seconds after which somebody who has the drive open does not merely pass by."""

_FOREIGN = frozenset((Cause.ZEROS, Cause.BITS_DIFFER))
"""What another writer can leave; data with a stamp of ours have been ours."""

_SECTOR = 512
"""What the kernel counts in, whatever the drive's sectors are."""


class Interference:
    """Compares what the kernel counts as written with what we wrote.

    /sys/block/*/stat counts the sectors of all writes to a drive and its partitions,
    whoever made them, and none of the commands that pass by the block layer, such as
    smartctl's (Documentation/block/stat.rst; a kernel can be told to count those too, then
    the count is not used). Where there is no such count, whoever has the drive open when
    foreign data come back is suspected.
    """

    def __init__(
        self,
        medium: Medium,
        others: Callable[[], tuple[User, ...]],
        sys: Path,
        device: str,
    ) -> None:
        """Count from now on; nothing of ours may be under way."""
        self._medium = medium
        self._others = others
        self._block = sys / "block" / device
        self._before = self._count()
        self._ours_before = medium.written

    def check(self) -> None:
        """Raise Ending if somebody else has written since the beginning."""
        foreign = self._foreign()
        if foreign is not None and foreign > 0:
            raise _ending({"bytes": foreign})

    def judge(self, findings: Sequence[Finding]) -> None:
        """Raise Ending if somebody else may have caused these."""
        self.check()
        if self._foreign() is not None or not _FOREIGN.intersection(
            one.cause for one in findings
        ):
            return
        end = time.monotonic() + PASSING
        while True:
            others = self._others()
            if not others:
                return
            if time.monotonic() >= end:
                raise _ending({"users": [one.as_json() for one in others]})
            time.sleep(0.5)

    def _foreign(self) -> int | None:
        now = self._count()
        if now is None or self._before is None:
            return None
        return now - self._before - (self._medium.written - self._ours_before)

    def _count(self) -> int | None:
        """Return the bytes of all writes to the drive, None where nobody counts them."""
        try:
            passing = self._block / "queue" / "iostats_passthrough"
            if passing.exists() and passing.read_text().strip() != "0":
                return None
            if (self._block / "queue" / "iostats").read_text().strip() != "1":
                return None
            return int((self._block / "stat").read_text().split()[6]) * _SECTOR
        except (OSError, ValueError, IndexError):
            return None


def _ending(details: dict[str, Json]) -> Ending:
    return Ending(State.REFUSED, Code.INTERFERENCE, details)
