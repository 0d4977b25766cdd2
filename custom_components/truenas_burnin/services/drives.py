"""The actions on drives themselves: their self-tests, and what is known of them."""

from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..control.actions import async_note
from ..control.self_tests import async_cancel_self_test, async_start_self_test
from .names import Field
from .targets import async_operator, drives


async def async_start_self_tests(call: ServiceCall) -> None:
    """Start a self-test on drives."""
    kind = call.data[Field.TYPE]
    await async_start_self_test(drives(call), kind, await async_operator(call))


async def async_cancel_self_tests(call: ServiceCall) -> None:
    """Abort the self-tests of drives."""
    await async_cancel_self_test(drives(call), await async_operator(call))


async def async_set_drive_info(call: ServiceCall) -> None:
    """Write down where drives sit, and what else there is to say of them."""
    changes = {
        key.value: call.data[key]
        for key in (Field.LOCATION, Field.NOTES)
        if key in call.data
    }
    if not changes:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_to_note"
        )
    refs = drives(call)
    actor = await async_operator(call)
    for ref in refs:
        await async_note(ref, changes, actor)
