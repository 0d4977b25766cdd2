"""The actions that send something to people."""

from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..notifications import Notifier
from ..notifications.daily import async_send_daily_report
from .targets import entries


async def async_test_notification(call: ServiceCall) -> None:
    """Send a test to everybody; raise who could not be reached."""
    _raise_failures(
        [await Notifier(call.hass, entry).async_test() for entry in entries(call)]
    )


def _raise_failures(failures: list[dict[str, str]]) -> None:
    """Raise what went wrong, by channel, if anything did."""
    lines = [f"{name}: {reason}" for each in failures for name, reason in each.items()]
    if lines:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="notifications_failed",
            translation_placeholders={"reasons": "\n".join(lines)},
        )


async def async_send_daily_reports(call: ServiceCall) -> None:
    """Send the daily report now; raise who could not be reached."""
    _raise_failures(
        [await async_send_daily_report(call.hass, entry) for entry in entries(call)]
    )
