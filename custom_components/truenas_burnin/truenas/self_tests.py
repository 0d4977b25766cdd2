"""Self-tests by smartctl through the agent: no SMART API (25.10), or a wrong one."""

from collections.abc import Callable
import logging
from time import monotonic
from typing import Final

from .agent import Agent
from .decode import text
from .errors import InvalidResponse
from .models import Drive, SelfTestKind, SelfTestLog, SmartReport
from .smartctl import parse_report
from .smartctl_log import self_test_log, within

_LOGGER = logging.getLogger(__name__)

_LOOK_SHARE: Final = 0.02
_LOOK_MAX: Final = 60.0
"""A running test is looked at after 2 % of the drive's own estimate, at the latest
after a minute: each look costs two rows of the NAS's audit (docs/truenas-api.md §15)."""


class AgentSelfTests:
    """Start, follow and abort self-tests; seldom enough for tests of a day."""

    def __init__(self, agent: Agent, clock: Callable[[], float] = monotonic) -> None:
        """Begin without having looked."""
        self._agent = agent
        self._clock = clock
        self._kept: dict[str, tuple[float, SelfTestLog]] = {}

    async def log(self, drive: Drive, *, wake: bool = True) -> SelfTestLog:
        """Return the log as the agent told of it, else as the drive tells it now.

        The agent tells of a test that runs by itself, where it can; else the last log
        is returned again while such a test is young. Without `wake` a drive that sleeps
        is an InvalidResponse.
        """
        if (told := self._told(drive)) is not None:
            return told
        until, kept = self._kept.get(drive.identifier, (0.0, None))
        if kept is not None and self._clock() < until:
            return kept
        report = parse_report(await self._agent.smart(drive, wake=wake))
        self.forget(drive)
        if report.self_tests.running_percent is not None:
            until = self._clock() + _pause(report)
            self._kept[drive.identifier] = (until, report.self_tests)
        return report.self_tests

    def _told(self, drive: Drive) -> SelfTestLog | None:
        """Return what the agent told of a test that runs; what has ended is looked at."""
        said = self._agent.watched_self_test(drive)
        if said is None:
            return None
        try:
            log = self_test_log(said, text(within(said, "device"), "protocol"))
        except (InvalidResponse, KeyError) as err:
            _LOGGER.debug("Ignoring an invalid self-test of %s: %s", drive.name, err)
            return None
        return log if log.running_percent is not None else None

    def forget(self, drive: Drive) -> None:
        """Look again the next time: something was done to the drive."""
        self._kept.pop(drive.identifier, None)

    async def start(self, drive: Drive, kind: SelfTestKind) -> None:
        """Start a self-test; the agent refuses while one runs."""
        self.forget(drive)
        await self._agent.start_self_test(drive, kind)

    async def abort(self, drive: Drive) -> None:
        """Abort the running self-test."""
        self.forget(drive)
        await self._agent.abort_self_test(drive)


def _pause(report: SmartReport) -> float:
    """Return seconds until the next look."""
    minutes = max(report.estimated_minutes.values(), default=0)
    return min(_LOOK_MAX, 60.0 * minutes * _LOOK_SHARE)
