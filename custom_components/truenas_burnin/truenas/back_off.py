"""When to try again to reach a NAS."""

from random import uniform
from time import monotonic
from typing import Final

from .errors import AuthenticationFailed, ConnectionFailed, TrueNASError
from .jsonrpc_errors import RateLimited

_FIRST: Final = 0.5
_CAP: Final = 60.0
"""Seconds. The NAS takes 20 logins a minute from one address (docs/truenas-api.md §1.2);
a refused key or a spent allowance therefore waits the whole minute at once."""

_STABLE: Final = 60.0
"""Seconds after which a connection that breaks was a good one."""


class BackOff:
    """Twice as long a pause after each failure, with jitter, up to a minute."""

    def __init__(self) -> None:
        """Begin without a failure."""
        self.failure: TrueNASError | None = None
        self._count = 0
        self._until = 0.0
        self._opened = 0.0

    @property
    def remaining(self) -> float:
        """Return seconds until the next try."""
        return max(0.0, self._until - monotonic())

    def opened(self) -> None:
        """Remember a success; the pause shrinks once it has lasted."""
        self.failure = None
        self._until = 0.0
        self._opened = monotonic()

    def broke(self) -> None:
        """Remember that an open connection broke."""
        if monotonic() - self._opened >= _STABLE:
            self._count = 0
        else:
            self.failure = ConnectionFailed("the connection keeps breaking")
            self._pause()

    def failed(self, err: TrueNASError) -> None:
        """Remember a try that failed, and why."""
        self.failure = err
        if isinstance(err, (AuthenticationFailed, RateLimited)):
            self._until = monotonic() + _CAP
        else:
            self._pause()

    def _pause(self) -> None:
        longest = min(_CAP, _FIRST * 2.0**self._count)
        self._count = min(self._count + 1, 16)
        self._until = monotonic() + uniform(longest / 2, longest)  # noqa: S311 (no secret)
