"""Keep the burn-ins of one NAS going, whoever looks or does not look."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..burnin.model import HoldReason
from ..burnin.runner import Runner
from ..const import DOMAIN, POLL_INTERVAL
from ..coordinator import BurnInCoordinator
from .issues import report_ledger, report_outdated_ledger

_LOGGER = logging.getLogger(__name__)


class BurnInLoop:
    """Run a cycle after each successful poll, and poll often while busy.

    The coordinator's own polls stop when nobody listens or the user switches
    polling off; a burn-in must not.
    """

    def __init__(
        self,
        coordinator: BurnInCoordinator,
        runner: Runner,
        poll_interval: timedelta = POLL_INTERVAL,
    ) -> None:
        """Listen to the polls; nothing happens before the next one or `wake`."""
        self._poll_interval = poll_interval
        self._coordinator = coordinator
        self._runner = runner
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: CALLBACK_TYPE | None = None
        self._woken = False
        self._cycling = False
        self._polling = False
        self._stopped = False
        coordinator.on_poll(self.wake)

    @callback
    def wake(self) -> None:
        """Run a cycle now, or right after the one under way."""
        if self._stopped or not self._runner.busy:
            return
        self._woken = True
        if not self._cycling:
            self._cycling = True
            self._spawn(self._cycle_while_woken(), "cycle")

    async def async_stop(self) -> None:
        """End for good; a step cut short is taken up again by the next set-up."""
        self._stopped = True
        self._cancel_timer()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        coordinator = self._coordinator
        task = coordinator.config_entry.async_create_background_task(
            coordinator.hass, work, f"{DOMAIN} {name} {coordinator.config_entry.title}"
        )
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _cycle_while_woken(self) -> None:
        try:
            while self._woken:
                self._woken = False
                await self._cycle()
        finally:
            self._cycling = False
            self._schedule_poll()

    async def _cycle(self) -> None:
        """Advance every burn-in by what the last poll saw, unless that failed."""
        if not self._coordinator.last_update_success:
            return
        try:
            await self._runner.cycle(self._coordinator.data)
        except Exception:
            _LOGGER.exception("Burn-in cycle failed; retrying with the next poll")
        coordinator = self._coordinator
        hass, entry = coordinator.hass, coordinator.config_entry
        report_ledger(hass, entry, self._runner.ledger_trouble)
        if HoldReason.LEDGER_OUTDATED in self._runner.holds:
            report_outdated_ledger(hass, entry, outdated=True)

    @callback
    def _schedule_poll(self) -> None:
        self._cancel_timer()
        if self._stopped or self._polling or not self._runner.busy:
            return
        self._timer = async_call_later(
            self._coordinator.hass, self._poll_interval, self._due
        )

    @callback
    def _due(self, _now: datetime) -> None:
        self._timer = None
        self._polling = True
        self._spawn(self._poll(), "poll")

    async def _poll(self) -> None:
        """Poll; a success wakes the cycle, a failure is tried again later."""
        try:
            await self._coordinator.async_refresh()
        finally:
            self._polling = False
            if not self._cycling:
                self._schedule_poll()

    @callback
    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
