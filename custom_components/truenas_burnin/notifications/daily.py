"""The daily report: what has ended since yesterday, and what is under way."""

from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ..burnin.model import BurnIn
from ..coordinator import BurnInConfigEntry
from ..presentation.words import async_phrases
from ..reports.daily import DailyReport, daily_report
from ..runtime.failures import nas_and_ledger_errors
from ..runtime.options import Audience
from . import Notifier
from .words import Message

_LOGGER = logging.getLogger(__name__)

_PERIOD: Final = timedelta(days=1)
_LOOKED_AT: Final = 1000
"""How many of the newest burn-ins are looked through for those that ended."""


@callback
def follow_days(hass: HomeAssistant, entry: BurnInConfigEntry) -> CALLBACK_TYPE:
    """Send the report every day at the hour that the options say, if they want it."""
    audience = Audience.of(entry.options)

    async def due(_now: datetime) -> None:
        """Send, unless there is nothing to tell."""
        try:
            finished, unfinished = await _burn_ins(entry)
            if finished or unfinished:
                await async_send_daily_report(hass, entry)
        except HomeAssistantError as err:
            _LOGGER.warning("The daily report was not made: %s", err)

    if not audience.daily_report:
        return lambda: None
    return async_track_time_change(
        hass, due, hour=audience.daily_report_hour, minute=0, second=0
    )


async def async_send_daily_report(
    hass: HomeAssistant, entry: BurnInConfigEntry
) -> dict[str, str]:
    """Send the report to everybody; return what went wrong by channel."""
    report = await _report(hass, entry)
    message = Message(report.title, report.text)
    return await Notifier(hass, entry).async_send(message, report.html)


async def _report(hass: HomeAssistant, entry: BurnInConfigEntry) -> DailyReport:
    finished, unfinished = await _burn_ins(entry)
    phrases = await async_phrases(hass)
    return await hass.async_add_executor_job(
        daily_report, entry.title, finished, unfinished, phrases
    )


async def _burn_ins(entry: BurnInConfigEntry) -> tuple[list[BurnIn], list[BurnIn]]:
    """Return what has ended in the period, and what has not ended."""
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
    unfinished = [
        burn_in for burn_in in data.runner.burn_ins.values() if not burn_in.state.final
    ]
    return finished, unfinished
