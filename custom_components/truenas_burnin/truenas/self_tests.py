"""Self-tests by smartctl through the agent: no SMART API (25.10), or a wrong one."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from .models import Drive, SelfTestKind, SelfTestLog, SmartReport
from .shell_agent import Agent
from .smartctl import parse_report

_LOOK_SHARE: Final = 0.02
_LOOK_MAX: Final = 60.0
"""A running test is looked at after 2 % of the drive's own estimate, at the latest
after a minute: each look costs two rows of the NAS's audit (truenas-api.md §15)."""


class AgentSelfTests:
    """Start, follow and abort self-tests; seldom enough for tests of a day."""

    def __init__(self, agent: Agent, clock: Callable[[], float] = monotonic) -> None:
        """Begin without having looked."""
        self._agent = agent
        self._clock = clock
        self._kept: dict[str, tuple[float, SelfTestLog]] = {}

    async def log(self, drive: Drive, *, wake: bool = True) -> SelfTestLog:
        """Return the log, the last one again while a test that runs is young.

        Without `wake` a drive that sleeps is an InvalidResponse.
        """
        until, kept = self._kept.get(drive.serial, (0.0, None))
        if kept is not None and self._clock() < until:
            return kept
        report = parse_report(await self._agent.smart(drive, wake=wake))
        self.forget(drive)
        if report.self_tests.running_percent is not None:
            until = self._clock() + _pause(report)
            self._kept[drive.serial] = (until, report.self_tests)
        return report.self_tests

    def forget(self, drive: Drive) -> None:
        """Look again the next time: something was done to the drive."""
        self._kept.pop(drive.serial, None)

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
