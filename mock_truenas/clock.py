"""The time of the mocked world, which may run faster than ours."""

import asyncio
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
        self._moved = asyncio.Event()

    @property
    def elapsed(self) -> float:
        """World seconds since the start."""
        return (time.monotonic() - self._real) * self.speed + self._skipped

    def now(self) -> datetime:
        """Return the world's wall clock."""
        return self._began + timedelta(seconds=self.elapsed)

    def skip(self, seconds: float) -> None:
        """Let world seconds pass at once; whoever sleeps wakes up and looks."""
        self._skipped += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait world seconds, less if time is skipped meanwhile."""
        try:
            async with asyncio.timeout(max(0.0, seconds) / self.speed):
                await self._moved.wait()
        except TimeoutError:
            return


def stamp(when: datetime | None) -> dict[str, Any] | None:
    """Return a datetime as the middleware writes it: whole seconds in ms."""
    return None if when is None else {"$date": int(when.timestamp()) * 1000}
