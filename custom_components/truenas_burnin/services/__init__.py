"""The actions of the integration, registered once for all NAS."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import service

from ..const import DOMAIN
from .burn_ins import (
    async_cancel_all_burn_ins,
    async_cancel_burn_in,
    async_pause_burn_in,
    async_resume_burn_in,
    async_retry_burn_in,
    async_start_burn_in,
)
from .drives import (
    async_cancel_self_tests,
    async_set_drive_info,
    async_start_self_tests,
)
from .health import async_read_drive_health
from .names import Action
from .notifications import async_send_daily_reports, async_test_notification
from .queries import (
    async_export_history,
    async_get_audit_log,
    async_get_burn_in,
    async_get_burn_ins,
    async_get_statistics,
)
from .schemas import SCHEMAS

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
type SilentHandler = Callable[[ServiceCall], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an action is called."""

    handler: Handler | SilentHandler
    response: SupportsResponse = SupportsResponse.NONE
    admin: bool = True


_ACTIONS: Final = {
    Action.CANCEL_ALL_BURN_INS: _Kind(async_cancel_all_burn_ins),
    Action.CANCEL_BURN_IN: _Kind(async_cancel_burn_in),
    Action.CANCEL_SELF_TEST: _Kind(async_cancel_self_tests),
    Action.EXPORT_HISTORY: _Kind(async_export_history, SupportsResponse.ONLY),
    Action.GET_AUDIT_LOG: _Kind(async_get_audit_log, SupportsResponse.ONLY),
    Action.GET_BURN_IN: _Kind(async_get_burn_in, SupportsResponse.ONLY, admin=False),
    Action.GET_BURN_INS: _Kind(async_get_burn_ins, SupportsResponse.ONLY, admin=False),
    Action.GET_STATISTICS: _Kind(
        async_get_statistics, SupportsResponse.ONLY, admin=False
    ),
    Action.PAUSE_BURN_IN: _Kind(async_pause_burn_in),
    Action.READ_DRIVE_HEALTH: _Kind(async_read_drive_health, SupportsResponse.OPTIONAL),
    Action.RESUME_BURN_IN: _Kind(async_resume_burn_in),
    Action.RETRY_BURN_IN: _Kind(async_retry_burn_in, SupportsResponse.OPTIONAL),
    Action.SEND_DAILY_REPORT: _Kind(async_send_daily_reports),
    Action.SET_DRIVE_INFO: _Kind(async_set_drive_info),
    Action.START_BURN_IN: _Kind(async_start_burn_in, SupportsResponse.OPTIONAL),
    Action.START_SELF_TEST: _Kind(async_start_self_tests),
    Action.TEST_NOTIFICATION: _Kind(async_test_notification),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; all that change something are for admins."""
    for action, kind in _ACTIONS.items():
        if kind.admin:
            service.async_register_admin_service(
                hass, DOMAIN, action, kind.handler, SCHEMAS[action], kind.response
            )
        else:
            hass.services.async_register(
                DOMAIN, action, kind.handler, SCHEMAS[action], kind.response
            )
