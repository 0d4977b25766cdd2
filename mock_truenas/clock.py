"""The time of the mocked world, which may run faster than ours."""

from datetime import UTC, datetime, timedelta
import time
from typing import Any


class Clock:
    """World time: `speed` world seconds pass in one real second."""

    def __init__(self, speed: float) -> None:
        """Start now."""
        self.speed = speed
        self._began = datetime.now(UTC)
        self._real = time.monotonic()
        self._skipped = 0.0

    @property
    def elapsed(self) -> float:
        """World seconds since the start."""
        return (time.monotonic() - self._real) * self.speed + self._skipped

    def now(self) -> datetime:
        """Return the world's wall clock."""
        return self._began + timedelta(seconds=self.elapsed)

    def skip(self, seconds: float) -> None:
        """Let world seconds pass at once."""
        self._skipped += seconds


def stamp(when: datetime | None) -> dict[str, Any] | None:
    """Return a datetime as the middleware writes it: whole seconds in ms."""
    return None if when is None else {"$date": int(when.timestamp()) * 1000}
