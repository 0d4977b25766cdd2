"""The actions that start, steer and end burn-ins."""

from homeassistant.core import ServiceCall, ServiceResponse

from ..burnin.runner import Seen
from ..control.actions import (
    async_cancel,
    async_cancel_all,
    async_pause,
    async_resume,
    async_retry,
    async_start,
)
from .names import Field
from .queries import burn_ins_response
from .targets import async_operator, drives, entries, plan


async def async_start_burn_in(call: ServiceCall) -> ServiceResponse:
    """Queue burn-ins of drives."""
    wanted = plan(call)
    refs = drives(call)
    confirmed = frozenset(call.data[Field.CONFIRM_SERIALS])
    seen: Seen | None = call.data.get(Field.CONFIRM_CONTENT)
    actor = await async_operator(call)
    started = await async_start(refs, wanted, confirmed, actor, seen)
    return burn_ins_response(call, started) if call.return_response else None


async def async_retry_burn_in(call: ServiceCall) -> ServiceResponse:
    """Queue the ended burn-ins of drives again."""
    confirmed = frozenset(call.data[Field.CONFIRM_SERIALS])
    retried = await async_retry(drives(call), confirmed, await async_operator(call))
    return burn_ins_response(call, retried) if call.return_response else None


async def async_pause_burn_in(call: ServiceCall) -> None:
    """Pause the burn-ins of drives."""
    await async_pause(drives(call), await async_operator(call))


async def async_resume_burn_in(call: ServiceCall) -> None:
    """Let the paused burn-ins of drives go on."""
    await async_resume(drives(call), await async_operator(call))


async def async_cancel_burn_in(call: ServiceCall) -> None:
    """Cancel the burn-ins of drives."""
    await async_cancel(drives(call), await async_operator(call))


async def async_cancel_all_burn_ins(call: ServiceCall) -> None:
    """Cancel the burn-ins of one NAS or of all."""
    await async_cancel_all(entries(call), await async_operator(call))
