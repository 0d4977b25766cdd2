"""What people answer by the buttons of a notification on their phone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..burnin.gate import VOIDING
from ..burnin.model import BurnIn
from ..burnin.ports import LedgerError
from ..burnin.reason import Reason, ReasonKey, because
from ..control.actions import async_cancel, async_cancel_others, async_retry
from ..control.drive_ref import DriveRef, async_actor, refused
from ..coordinator import BurnInConfigEntry
from ..runtime.options import Audience

type Tell = Callable[[BurnIn, str], Awaitable[None]]

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
def follow_replies(
    hass: HomeAssistant, entry: BurnInConfigEntry, tell: Tell
) -> CALLBACK_TYPE:
    """Do what admins answer, as far as it concerns burn-ins of this NAS.

    `tell` answers them what was not done, and why.
    """

    async def answered(event: Event) -> None:
        found = read_action_id(event.data.get("action"))
        if found is None:
            return
        reply, burn_in_id = found
        burn_in = await _burn_in(entry, burn_in_id)
        if burn_in is None:
            return
        user_id = event.context.user_id
        user = None if user_id is None else await hass.auth.async_get_user(user_id)
        if user is None or not user.is_admin:
            _LOGGER.warning(
                "Rejected %s from a notification: the user is not an administrator",
                reply,
            )
            return
        actor = await async_actor(hass, event.context)
        try:
            await _obey(entry, reply, burn_in, actor)
        except HomeAssistantError as err:
            _LOGGER.warning("Rejected a request from a notification: %s", err)
            await tell(burn_in, str(err))

    return hass.bus.async_listen(EVENT_ANSWER, answered)


async def _burn_in(entry: BurnInConfigEntry, burn_in_id: str) -> BurnIn | None:
    """Return the burn-in if it is one of this NAS, also if there are newer ones."""
    data = entry.runtime_data
    if (newest := data.runner.find(burn_in_id)) is not None:
        return newest
    try:
        kept = await data.ledger.get(burn_in_id)
    except LedgerError:
        return None
    ours = kept is not None and kept.nas_id == data.coordinator.host_id
    return kept if ours else None


def _against_retry(entry: BurnInConfigEntry, burn_in: BurnIn) -> Reason | None:
    """Return why a press confirms nothing any more."""
    if entry.runtime_data.runner.find(burn_in.id) is None:
        return because(ReasonKey.REPLY_SUPERSEDED)
    if burn_in.finished is None or not burn_in.destructive:
        return None
    if VOIDING & {reason.key for reason in burn_in.reasons}:
        return because(ReasonKey.REPLY_UNCONFIRMED)
    hours = Audience.of(entry.options).reply_hours
    # Either way: a clock that was set back makes no button good again.
    if abs(dt_util.utcnow() - burn_in.finished) > timedelta(hours=hours):
        return because(ReasonKey.REPLY_OLD, hours=hours)
    return None


async def _obey(
    entry: BurnInConfigEntry, reply: Reply, burn_in: BurnIn, actor: str
) -> None:
    """Act on exactly the burn-in that the notification was about.

    Its plan was confirmed for this serial once; the press, bound to the burn-in and
    good for some hours, confirms it again, and the gate still asks everything else.
    """
    ref = DriveRef.of(entry, burn_in)
    match reply:
        case Reply.CANCEL:
            await async_cancel([ref], actor)
        case Reply.CANCEL_OTHERS:
            await async_cancel_others(entry, burn_in, actor)
        case Reply.RETRY:
            if against := _against_retry(entry, burn_in):
                raise refused("retry_refused", [against])
            await async_retry([ref], frozenset({burn_in.drive.serial}), actor)
