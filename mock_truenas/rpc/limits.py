"""How much a client may say, how often, and how much at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import time

CALLS, SECONDS = 20, 60.0
"""Calls of one method from one address without a login (real seconds)."""

ANONYMOUS_BYTES, BYTES, MOST_BYTES = 8192, 65536, 2097152
"""Characters of a message: before a login, after it, and where nothing helps."""

AT_ONCE, WAITING = 10, 20
"""Calls of one connection that run, and all that are there."""


class RateLimit:
    """Counts the calls that need no login."""

    def __init__(self) -> None:
        """Begin without calls."""
        self._calls: dict[tuple[str, str], tuple[float, int]] = {}

    def exceeded(self, method: str, address: str) -> bool:
        """Count a call; tell whether it is one too many."""
        now = time.monotonic()
        since, count = self._calls.get((method, address), (now, 0))
        if now - since >= SECONDS:
            since, count = now, 0
        self._calls[method, address] = since, count + 1
        return count + 1 > CALLS

    def forget(self) -> None:
        """Begin anew, as a restarted middleware does."""
        self._calls = {}


class TooManyCalls(Exception):
    """The connection has too many calls under way."""


class Turnstile:
    """Lets some calls run, others wait, and refuses the rest."""

    def __init__(self) -> None:
        """Begin empty."""
        self._here = 0
        self._running = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Wait for a place; raise TooManyCalls if too many wait."""
        if self._here >= WAITING:
            raise TooManyCalls
        self._here += 1
        try:
            async with self._running:
                yield
        finally:
            self._here -= 1
