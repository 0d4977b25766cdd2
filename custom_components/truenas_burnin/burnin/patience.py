"""How long something that may pass by itself has lasted, and when that is too long.

Time counts only while we look: a NAS that was away, or a clock that jumped, is no
waiting.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = timedelta(minutes=15)
"""A NAS that has started may need minutes until it knows all its drives, and a
drive may well retry for minutes."""

_FIRST_PAUSE: Final = timedelta(seconds=10)
"""Before what was refused is tried again; twice as long each time. A quarter of an
hour has eight tries: each is a request, which leaves rows in the audit log of the NAS
and may wake drives (docs/on-the-nas.md)."""

_GLANCE: Final = timedelta(minutes=1)
"""The most that counts between two looks."""


@dataclass(slots=True)
class Waiting:
    """Something that lasts, as far as we have looked; `again` says until when to rest."""

    looked: datetime
    lasted: timedelta = field(default_factory=timedelta)
    again: timedelta = field(default_factory=timedelta)
    pause: timedelta = _FIRST_PAUSE

    def look(self, now: datetime) -> timedelta:
        """Return how long it has lasted now that it still does."""
        self.lasted += min(_GLANCE, max(timedelta(), now - self.looked))
        self.looked = now
        return self.lasted

    def refused(self) -> None:
        """Rest before the next try, each time longer; the last one is at the end."""
        self.again = min(self.lasted + self.pause, PATIENCE)
        self.pause = min(self.pause * 2, PATIENCE)


class Patience:
    """What each burn-in waits for, of one kind."""

    def __init__(self) -> None:
        """Begin without anybody waiting."""
        self._waiting: dict[str, Waiting] = {}

    def is_over(self, burn_in_id: str, now: datetime) -> bool:
        """Tell whether a burn-in that still has to wait has waited long enough."""
        waiting = self._waiting.setdefault(burn_in_id, Waiting(now))
        over = waiting.look(now) >= PATIENCE
        waiting.refused()
        return over

    def rests(self, burn_in_id: str, now: datetime) -> bool:
        """Tell whether it is too early to try again what had to wait."""
        waiting = self._waiting.get(burn_in_id)
        return waiting is not None and waiting.look(now) < waiting.again

    def forget(self, burn_in_id: str) -> None:
        """Begin anew should the burn-in have to wait again."""
        self._waiting.pop(burn_in_id, None)
