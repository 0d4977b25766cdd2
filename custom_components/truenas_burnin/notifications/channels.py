"""Send a message to notify entities; guard the burn-ins against every channel."""

import asyncio
from collections.abc import Awaitable, Iterable
import logging
from typing import Any, Final

from homeassistant.components.notify.const import (
    ATTR_MESSAGE,
    ATTR_TITLE,
    DOMAIN as NOTIFY_DOMAIN,
    SERVICE_SEND_MESSAGE,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import voluptuous as vol

from .messages import Message

_LOGGER = logging.getLogger(__name__)

_SEND_SECONDS: Final = 30.0
"""How long one channel may take before the next one is served."""

_SMTP: Final = "smtp"
"""The integration whose notify entities take HTML, by an action of its own."""


async def async_guarded(name: str, sending: Awaitable[object]) -> str | None:
    """Send, and return what went wrong; it concerns nobody but the log.

    A notifier that fails or hangs must not touch a burn-in or another notifier.
    """
    try:
        async with asyncio.timeout(_SEND_SECONDS):
            await sending
    except TimeoutError:
        reason = f"no response within {_SEND_SECONDS:.0f} s"
    except (HomeAssistantError, vol.Invalid) as err:
        reason = str(err)
    except Exception as err:
        _LOGGER.exception("Failed to notify %s", name)
        return str(err) or "unexpected error"
    else:
        return None
    _LOGGER.warning("Failed to notify %s: %s", name, reason)
    return reason


async def async_send_to_entities(
    hass: HomeAssistant,
    entity_ids: Iterable[str],
    message: Message,
    html: str | None = None,
) -> dict[str, str]:
    """Send to notify entities; return what went wrong by entity.

    `html` goes to those of the SMTP integration, the text to all others.
    """
    failed: dict[str, str] = {}
    for entity_id in entity_ids:
        domain, service = NOTIFY_DOMAIN, SERVICE_SEND_MESSAGE
        data: dict[str, Any] = {
            ATTR_ENTITY_ID: entity_id,
            ATTR_TITLE: message.title,
            ATTR_MESSAGE: message.text,
        }
        if html is not None and _belongs_to_smtp(hass, entity_id):
            domain, service = _SMTP, SERVICE_SEND_MESSAGE
            data["html"] = html
        call = hass.services.async_call(domain, service, data, blocking=True)
        if (reason := await async_guarded(entity_id, call)) is not None:
            failed[entity_id] = reason
    return failed


def _belongs_to_smtp(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return (
        entry is not None
        and entry.platform == _SMTP
        and hass.services.has_service(_SMTP, SERVICE_SEND_MESSAGE)
    )
