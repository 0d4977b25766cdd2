"""Notifications on phones: with buttons, critical on failure, progress in place.

Only the actions `notify.mobile_app_…` take such data; others get the text alone.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.components.notify.const import (
    ATTR_DATA,
    ATTR_MESSAGE,
    ATTR_TITLE,
    DOMAIN as NOTIFY_DOMAIN,
)
from homeassistant.core import HomeAssistant

from ..burnin.model import BurnIn
from ..const import DOMAIN
from ..runtime.changes import Happening
from .channels import async_guarded
from .messages import Message
from .replies import Reply, action_id

_MOBILE_APP: Final = "mobile_app_"
_CLEAR: Final = "clear_notification"

PAGE: Final = "/drive-burn-in/burn-in/{}"
"""Where the panel shows a burn-in, by its id."""

_REPLIES: Final[Mapping[Happening, tuple[Reply, ...]]] = {
    Happening.STARTED: (Reply.CANCEL,),
    Happening.STALLED: (Reply.CANCEL,),
    Happening.FAILED: (Reply.RETRY, Reply.CANCEL_OTHERS),
    Happening.INCONCLUSIVE: (Reply.RETRY,),
}
_CRITICAL: Final = {
    "channel": "alarm_stream",
    "importance": "high",
    "priority": "high",
    "push": {"sound": {"critical": 1, "name": "default", "volume": 1.0}},
    "ttl": 0,
}
"""What makes a phone ring though it is silent: `push` on iOS, the rest on Android."""


def happening_data(
    happening: Happening, burn_in: BurnIn, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return the data of a push about a happening; `titles` name the buttons."""
    data = _about(burn_in)
    if happening is Happening.FAILED:
        data |= _CRITICAL
    if replies := _REPLIES.get(happening):
        data["actions"] = [
            {
                "action": action_id(reply, burn_in.id),
                "title": titles[f"notification_action_{reply}"],
                "authenticationRequired": True,
                "destructive": True,
            }
            for reply in replies
        ]
    return data


def progress_data(burn_in: BurnIn) -> dict[str, Any]:
    """Return the data of a push that replaces the one before it on the phone."""
    data = _about(burn_in) | {
        "alert_once": True,
        "live_update": True,
        "progress": round(burn_in.percent),
        "progress_max": 100,
        "push": {"interruption-level": "passive"},
    }
    if burn_in.finish_time is not None:
        data |= {"chronometer": True, "when": int(burn_in.finish_time.timestamp())}
    return data


def _about(burn_in: BurnIn) -> dict[str, Any]:
    page = PAGE.format(burn_in.id)
    return {
        "clickAction": page,
        "group": DOMAIN,
        "tag": f"{DOMAIN}_{burn_in.id}",
        "url": page,
    }


async def async_push(
    hass: HomeAssistant,
    services: Iterable[str],
    message: Message,
    data: Mapping[str, Any],
) -> dict[str, str]:
    """Send by notify actions; return what went wrong by action."""
    failed: dict[str, str] = {}
    for service in services:
        payload: dict[str, Any] = {
            ATTR_TITLE: message.title,
            ATTR_MESSAGE: message.text,
        }
        if service.startswith(_MOBILE_APP):
            payload[ATTR_DATA] = dict(data)
        failed |= await _call(hass, service, payload)
    return failed


async def async_push_progress(
    hass: HomeAssistant, services: Iterable[str], message: Message, burn_in: BurnIn
) -> None:
    """Show progress on the phones; elsewhere it would be a message each time."""
    phones = [service for service in services if service.startswith(_MOBILE_APP)]
    await async_push(hass, phones, message, progress_data(burn_in))


async def async_clear_progress(
    hass: HomeAssistant, services: Iterable[str], burn_in: BurnIn
) -> None:
    """Take the progress of a burn-in off the phones."""
    for service in services:
        if service.startswith(_MOBILE_APP):
            data = {"tag": _about(burn_in)["tag"]}
            await _call(hass, service, {ATTR_MESSAGE: _CLEAR, ATTR_DATA: data})


async def _call(
    hass: HomeAssistant, service: str, payload: dict[str, Any]
) -> dict[str, str]:
    call = hass.services.async_call(NOTIFY_DOMAIN, service, payload, blocking=True)
    name = f"{NOTIFY_DOMAIN}.{service}"
    reason = await async_guarded(name, call)
    return {} if reason is None else {name: reason}
