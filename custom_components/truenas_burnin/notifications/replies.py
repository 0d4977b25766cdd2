"""What people answer by the buttons of a notification on their phone."""

from enum import StrEnum
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..actions import async_cancel, async_cancel_others, async_retry
from ..burnin.model import BurnIn
from ..coordinator import BurnInConfigEntry
from ..drive_ref import DriveRef, async_actor

_LOGGER = logging.getLogger(__name__)

EVENT_ANSWER: Final = "mobile_app_notification_action"
_PREFIX: Final = "TRUENAS_BURNIN"


class Reply(StrEnum):
    """The buttons."""

    CANCEL = "cancel"
    CANCEL_OTHERS = "cancel_others"
    RETRY = "retry"


def action_id(reply: Reply, burn_in_id: str) -> str:
    """Return what a phone sends back: the button and the burn-in it was made for."""
    return f"{_PREFIX}:{reply}:{burn_in_id}"


def read_action_id(text: object) -> tuple[Reply, str] | None:
    """Return the button and the burn-in, or None if this is none of ours."""
    match str(text).split(":"):
        case [prefix, reply, burn_in_id] if prefix == _PREFIX and reply in Reply:
            return Reply(reply), burn_in_id
    return None


@callback
def follow_replies(hass: HomeAssistant, entry: BurnInConfigEntry) -> CALLBACK_TYPE:
    """Do what admins answer, as far as it concerns burn-ins of this NAS."""

    async def answered(event: Event) -> None:
        found = read_action_id(event.data.get("action"))
        if found is None:
            return
        reply, burn_in_id = found
        burn_in = entry.runtime_data.runner.find(burn_in_id)
        if burn_in is None:
            return
        user_id = event.context.user_id
        user = None if user_id is None else await hass.auth.async_get_user(user_id)
        if user is None or not user.is_admin:
            _LOGGER.warning("A phone asked to %s: only admins may", reply)
            return
        actor = await async_actor(hass, event.context)
        try:
            await _obey(entry, reply, burn_in, actor)
        except HomeAssistantError as err:
            _LOGGER.warning("What a phone asked for was refused: %s", err)

    return hass.bus.async_listen(EVENT_ANSWER, answered)


async def _obey(
    entry: BurnInConfigEntry, reply: Reply, burn_in: BurnIn, actor: str
) -> None:
    """Act on exactly the burn-in that the notification was about.

    Its plan was confirmed for this serial once; the press, bound to the burn-in,
    confirms it again, and the gate still asks everything else.
    """
    ref = DriveRef.of(entry, burn_in)
    match reply:
        case Reply.CANCEL:
            await async_cancel([ref], actor)
        case Reply.CANCEL_OTHERS:
            await async_cancel_others(entry, burn_in, actor)
        case Reply.RETRY:
            await async_retry([ref], frozenset({burn_in.drive.serial}), actor)
