"""Read the agent's status cheaply, and ask it in earnest when it falls silent."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from ..truenas.surface import JobStatus
from .ports import Nas

_SILENCE: Final = timedelta(minutes=3)
"""A live worker speaks every few seconds; by our own clock, never the NAS's.

Counted either way: a clock that is set back only makes us ask once too often.
"""


class SurfaceWatch:
    """What the agent last said of each job, and when that last changed."""

    def __init__(self) -> None:
        """Begin without knowing anything: the first look asks the agent."""
        self._changed: dict[str, tuple[JobStatus, datetime]] = {}

    async def look(
        self, nas: Nas, tokens: Collection[str], now: datetime
    ) -> Mapping[str, JobStatus]:
        """Return the status of all jobs; raise TrueNASError."""
        known = all(token in self._changed for token in tokens)
        statuses = await nas.surface_status(ask=not known)
        if known and any(self._silent(statuses.get(token), now) for token in tokens):
            statuses = await nas.surface_status(ask=True)
        self._changed = {
            token: self._seen(token, statuses[token], now)
            for token in tokens
            if token in statuses
        }
        return statuses

    def _seen(
        self, token: str, status: JobStatus, now: datetime
    ) -> tuple[JobStatus, datetime]:
        before = self._changed.get(token)
        if before is not None and before[0] == status:
            return before
        return status, now

    def _silent(self, status: JobStatus | None, now: datetime) -> bool:
        if status is None:
            return True
        if not status.state.live:
            return False
        seen, when = self._changed[status.token]
        return seen == status and abs(now - when) > _SILENCE
