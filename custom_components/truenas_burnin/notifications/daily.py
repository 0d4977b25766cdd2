"""The daily report: what has ended since the last one, and what is under way."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..burnin.model import BurnIn
from ..coordinator import BurnInConfigEntry
from ..ledger import Reported
from ..presentation.words import async_phrases
from ..reports.daily import daily_report
from ..runtime.failures import nas_and_ledger_errors
from ..runtime.options import Audience
from . import Notifier
from .due import is_due
from .messages import Message

_LOGGER = logging.getLogger(__name__)

_PERIOD: Final = timedelta(days=1)
"""What a report that somebody asks for looks back on."""

_LOOKED_AT: Final = 1000
"""How many of the newest burn-ins are looked through for those that ended."""


class DailyReports:
    """Send what has ended since the last report, once a day, if the options say so."""

    def __init__(self, hass: HomeAssistant, entry: BurnInConfigEntry) -> None:
        """Keep whose options say when."""
        self._hass = hass
        self._entry = entry
        self._in_turn = asyncio.Lock()
        self._stops: tuple[CALLBACK_TYPE, ...] = ()

    @callback
    def start(self) -> None:
        """Look every hour, and now: one may have been due while nothing ran here.

        Notifiers are there once Home Assistant has started.
        """

        async def look(_: object) -> None:
            async with self._in_turn:
                try:
                    await self._report_if_due()
                except HomeAssistantError as err:
                    _LOGGER.warning("Could not create the daily report: %s", err)

        self._stops = (
            async_at_started(self._hass, look),
            async_track_time_change(self._hass, look, minute=0, second=0),
        )

    async def async_stop(self) -> None:
        """Look no more; a report that is on its way is sent and noted first."""
        for stop in self._stops:
            stop()
        async with self._in_turn:
            pass

    async def _report_if_due(self) -> None:
        """Send, unless there is nothing to tell; raise HomeAssistantError.

        What is told is noted first: who cannot note it would tell it again.
        """
        data = self._entry.runtime_data
        audience = Audience.of(self._entry.options)
        ledger, nas_id = data.ledger, data.coordinator.host_id
        now = dt_util.now()
        with nas_and_ledger_errors():
            before = await ledger.reported(nas_id)
            if before and not is_due(now, audience.daily_report_hour, before.at):
                return
            ended = await ledger.ended_since(nas_id, before.audit_id if before else 0)
            await ledger.set_reported(nas_id, Reported(at=now, audit_id=ended.audit_id))
        unfinished = _unfinished(self._entry)
        if before is None or not audience.daily_report:
            return
        if not ended.burn_ins and not unfinished:
            return
        failed = await _send(self._hass, self._entry, ended.burn_ins, unfinished)
        if failed and len(failed) == audience.channels:
            with nas_and_ledger_errors():
                await ledger.set_reported(nas_id, before)
            raise HomeAssistantError("; ".join(failed.values()))


async def async_send_daily_report(
    hass: HomeAssistant, entry: BurnInConfigEntry
) -> dict[str, str]:
    """Send a report of the last day to everybody; return what went wrong by channel."""
    data = entry.runtime_data
    since = dt_util.utcnow() - _PERIOD
    with nas_and_ledger_errors():
        kept = await data.ledger.history(
            data.coordinator.host_id, limit=_LOOKED_AT, offset=0
        )
    finished = [
        burn_in
        for burn_in in kept
        if burn_in.finished is not None and burn_in.finished > since
    ]
    return await _send(hass, entry, finished, _unfinished(entry))


def _unfinished(entry: BurnInConfigEntry) -> list[BurnIn]:
    return [
        burn_in
        for burn_in in entry.runtime_data.runner.burn_ins.values()
        if not burn_in.state.final
    ]


async def _send(
    hass: HomeAssistant,
    entry: BurnInConfigEntry,
    finished: Sequence[BurnIn],
    unfinished: Sequence[BurnIn],
) -> dict[str, str]:
    phrases = await async_phrases(hass)
    report = await hass.async_add_executor_job(
        daily_report, entry.title, finished, unfinished, phrases
    )
    message = Message(report.title, report.text)
    return await Notifier(hass, entry).async_send(message, report.html)
