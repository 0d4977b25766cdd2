"""The agent's status as the NAS pushes it (25.04 and later).

Reading the status file costs a row in the NAS's audit each time; tailing the file
that the agent appends its lines to costs one subscription (truenas-api.md §15).
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final

from .models import AgentStatus
from .shell_agent import Agent, parse_statuses
from .transport import Transport

_SILENCE: Final = 60.0
"""Seconds without a line after which the status file is read, and the feed asked for
again: there was none yet, or it was begun anew."""


class StatusFeed:
    """The last words of the agent on every job, heard rather than asked for."""

    def __init__(self, agent: Agent, transport: Transport, event: str) -> None:
        """Keep where to hear; nothing is heard before the first look."""
        self.changed: Callable[[], None] = lambda: None
        self._agent = agent
        self._transport = transport
        self._event = event
        self._known: dict[str, AgentStatus] = {}
        self._rest = ""
        self._heard = float("-inf")

    async def look(self, *, ask: bool) -> Mapping[str, AgentStatus]:
        """Return the status of every job by token; raise TrueNASError."""
        silent = monotonic() - self._heard >= _SILENCE
        if silent:
            self._transport.listen(self._event, self._hear)
        if ask or silent:
            self._known = dict(await self._agent.statuses(ask=ask))
            self._heard = monotonic()
        return dict(self._known)

    def forget(self, token: str) -> None:
        """Know a job no more that was removed."""
        self._known.pop(token, None)

    def _hear(self, fields: Mapping[str, Any] | None) -> None:
        """Take text that is not cut at the ends of lines; None begins anew."""
        if fields is None:
            self._rest = ""
            return
        text = fields.get("data")
        *lines, self._rest = (self._rest + str(text or "")).split("\n")
        for line in lines:
            for status in parse_statuses(line).values():
                self._take(status)

    def _take(self, status: AgentStatus) -> None:
        before = self._known.get(status.token)
        if before is not None and status.updated < before.updated:
            return  # The first text repeats what was there.
        self._known[status.token] = status
        self._heard = monotonic()
        if before is None or before.state is not status.state:
            self.changed()
