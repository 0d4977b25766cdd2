"""Tell a web address of our own choosing, as JSON by POST."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientError, ClientTimeout
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from ..burnin.model import BurnIn
from ..const import DOMAIN
from ..presentation.burn_in import burn_in_listed
from ..reports.reasons import Texts, reasons_text
from ..runtime.changes import Happening

_TIMEOUT: Final = ClientTimeout(total=10)

TEST_PAYLOAD: Final[Mapping[str, object]] = {
    "v": 1,
    "event": "test",
    "job_id": None,
    "devname": None,
    "serial": None,
    "model": None,
    "state": None,
    "operator": None,
    "error_text": None,
    "nas": None,
    "burn_in": None,
}
"""What a webhook gets when a person tries the notifications."""


def is_webhook_url(text: str) -> bool:
    """Tell whether this is an address that a webhook may have."""
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.host)


def webhook_payload(
    happening: Happening, burn_in: BurnIn, nas: str, texts: Texts
) -> dict[str, object]:
    """Return what a webhook is told (docs/api.md); `nas` is the name of the NAS."""
    return {
        "v": 1,
        "event": f"burn_in_{happening}",
        "job_id": burn_in.id,
        "devname": burn_in.device,
        "serial": burn_in.drive.serial,
        "model": burn_in.drive.model,
        "state": str(burn_in.state),
        "operator": burn_in.operator,
        "error_text": reasons_text(burn_in.reasons, texts),
        "nas": nas,
        "burn_in": burn_in_listed(burn_in, texts),
    }


async def async_call_webhook(
    hass: HomeAssistant, url: str, payload: Mapping[str, object]
) -> None:
    """Post, follow no redirect, and raise HomeAssistantError for any failure.

    The address may hold a token, so no error names more of it than the host.
    """
    session = async_get_clientsession(hass)
    try:
        async with session.post(
            url, json=dict(payload), timeout=_TIMEOUT, allow_redirects=False
        ) as response:
            status = response.status
    except TimeoutError:
        raise _failed(url, "timed out") from None
    except ClientError, ValueError:
        raise _failed(url, "could not connect") from None
    if status >= 300:
        raise _failed(url, f"HTTP {status}")


def _failed(url: str, reason: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="webhook_failed",
        translation_placeholders={"host": URL(url).host or "", "reason": reason},
    )
