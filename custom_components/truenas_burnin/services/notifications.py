"""The action that tries the notifications out."""

from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..notifications import Notifier
from .targets import entries


async def async_test_notification(call: ServiceCall) -> None:
    """Send a test to everybody; raise who could not be reached."""
    raise_failures(
        [await Notifier(call.hass, entry).async_test() for entry in entries(call)]
    )


def raise_failures(failures: list[dict[str, str]]) -> None:
    """Raise what went wrong, by channel, if anything did."""
    lines = [f"{name}: {reason}" for each in failures for name, reason in each.items()]
    if lines:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="notifications_failed",
            translation_placeholders={"reasons": "\n".join(lines)},
        )
