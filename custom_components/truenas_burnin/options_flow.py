"""Ask for the options: limits, temperatures, polls, and who hears what."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.notify.const import (
    DOMAIN as NOTIFY_DOMAIN,
    SERVICE_NOTIFY,
    SERVICE_PERSISTENT_NOTIFICATION,
    SERVICE_SEND_MESSAGE,
)
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTemperature, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
from homeassistant.helpers.typing import VolSchemaType
import voluptuous as vol

from .burnin.settings import Settings
from .const import CONF_MAX_PARALLEL, MOST_PARALLEL, POLL_INTERVAL, STALE_AFTER
from .notifications import Notifier
from .notifications.webhook import is_webhook_url
from .runtime.changes import Happening
from .runtime.options import (
    CONF_CERTIFICATE_LINE,
    CONF_DAILY_REPORT,
    CONF_DAILY_REPORT_HOUR,
    CONF_HDD_PAUSE_AT,
    CONF_HDD_RESUME_AT,
    CONF_NOTIFY_ENTITIES,
    CONF_NOTIFY_PROGRESS,
    CONF_NOTIFY_SERVICES,
    CONF_OUTCOMES,
    CONF_POLL_INTERVAL,
    CONF_QUIET_FROM,
    CONF_QUIET_UNTIL,
    CONF_REPLY_HOURS,
    CONF_SSD_PAUSE_AT,
    CONF_SSD_RESUME_AT,
    CONF_STAGGER,
    CONF_STALE_AFTER,
    CONF_WEBHOOK_URL,
    CONF_YIELD_TO_SCRUB,
    OUTCOMES,
    REPLY_HOURS,
    REPORT_HOUR,
    Audience,
)

SECTION_LIMITS: Final = "limits"
SECTION_TEMPERATURES: Final = "temperatures"
SECTION_POLLING: Final = "polling"
SECTION_NOTIFICATIONS: Final = "notifications"
SECTION_CERTIFICATE: Final = "certificate"

_TEST: Final = "test"
"""Not kept: it asks for a message now."""

_NOT_RICH: Final = {
    SERVICE_NOTIFY,
    SERVICE_PERSISTENT_NOTIFICATION,
    SERVICE_SEND_MESSAGE,
}
_KNOWN: Final = Settings()


def _number(least: int, most: int, unit: str | None = None) -> VolSchemaType:
    """Return the validator of a whole number."""
    config = NumberSelectorConfig(
        min=least, max=most, step=1, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))


def _degrees(key: str) -> tuple[vol.Required, VolSchemaType]:
    """Return the field of one temperature limit, in °C."""
    default: int = getattr(_KNOWN, key)
    return (
        vol.Required(key, default=default),
        _number(25, 100, UnitOfTemperature.CELSIUS),
    )


_LIMITS: Final = vol.Schema(
    {
        vol.Required(CONF_MAX_PARALLEL, default=_KNOWN.max_parallel): _number(
            1, MOST_PARALLEL
        ),
        vol.Required(CONF_STAGGER, default=_KNOWN.stagger): _number(
            0, 3600, UnitOfTime.SECONDS
        ),
        vol.Required(
            CONF_YIELD_TO_SCRUB, default=_KNOWN.yield_to_scrub
        ): BooleanSelector(),
        vol.Optional(CONF_QUIET_FROM): TimeSelector(),
        vol.Optional(CONF_QUIET_UNTIL): TimeSelector(),
    }
)
_TEMPERATURES: Final = vol.Schema(
    dict(
        _degrees(key)
        for key in (
            CONF_HDD_PAUSE_AT,
            CONF_HDD_RESUME_AT,
            CONF_SSD_PAUSE_AT,
            CONF_SSD_RESUME_AT,
        )
    )
)
_POLLING: Final = vol.Schema(
    {
        vol.Required(
            CONF_POLL_INTERVAL, default=int(POLL_INTERVAL.total_seconds())
        ): _number(5, 300, UnitOfTime.SECONDS),
        vol.Required(
            CONF_STALE_AFTER, default=int(STALE_AFTER.total_seconds())
        ): _number(15, 3600, UnitOfTime.SECONDS),
    }
)
_CERTIFICATE: Final = vol.Schema({vol.Optional(CONF_CERTIFICATE_LINE): TextSelector()})


def _notifications(services: list[str]) -> vol.Schema:
    """Return the fields that say who hears what; without services, no choice."""
    rich = SelectSelector(SelectSelectorConfig(options=services, multiple=True))
    return vol.Schema(
        {
            vol.Optional(CONF_NOTIFY_ENTITIES, default=list): EntitySelector(
                EntitySelectorConfig(domain=NOTIFY_DOMAIN, multiple=True)
            ),
            **(
                {vol.Optional(CONF_NOTIFY_SERVICES, default=list): rich}
                if services
                else {}
            ),
            vol.Required(CONF_NOTIFY_PROGRESS, default=False): BooleanSelector(),
            vol.Required(CONF_REPLY_HOURS, default=REPLY_HOURS): _number(1, 168),
            vol.Optional(CONF_WEBHOOK_URL): TextSelector(
                TextSelectorConfig(type=TextSelectorType.URL)
            ),
            vol.Optional(CONF_OUTCOMES, default=lambda: list(OUTCOMES)): SelectSelector(
                SelectSelectorConfig(
                    options=[str(happening) for happening in Happening],
                    multiple=True,
                    mode=SelectSelectorMode.LIST,
                    translation_key=CONF_OUTCOMES,
                )
            ),
            vol.Required(CONF_DAILY_REPORT, default=True): BooleanSelector(),
            vol.Required(CONF_DAILY_REPORT_HOUR, default=REPORT_HOUR): _number(0, 23),
            vol.Optional(_TEST, default=False): BooleanSelector(),
        }
    )


@callback
def _rich_services(hass: HomeAssistant, chosen: list[str]) -> list[str]:
    """Return the notify actions that take more than a text, and those chosen once."""
    offered = set(hass.services.async_services_for_domain(NOTIFY_DOMAIN)) - _NOT_RICH
    return sorted(offered | set(chosen))


def _fault(options: Mapping[str, Any]) -> str | None:
    """Return the key of what is wrong with the options together, or None."""
    if bool(options.get(CONF_QUIET_FROM)) is not bool(options.get(CONF_QUIET_UNTIL)):
        return "quiet_hours_incomplete"
    if options.get(CONF_QUIET_FROM) and (
        options[CONF_QUIET_FROM] == options[CONF_QUIET_UNTIL]
    ):
        return "quiet_hours_empty"
    for pause_at, resume_at in (
        (CONF_HDD_PAUSE_AT, CONF_HDD_RESUME_AT),
        (CONF_SSD_PAUSE_AT, CONF_SSD_RESUME_AT),
    ):
        if options[resume_at] >= options[pause_at]:
            return "resume_not_below_pause"
    if options[CONF_STALE_AFTER] <= options[CONF_POLL_INTERVAL]:
        return "stale_too_soon"
    url = options.get(CONF_WEBHOOK_URL)
    if url is not None and not is_webhook_url(url):
        return "invalid_webhook_url"
    return None


class BurnInOptionsFlow(OptionsFlowWithReload):
    """Ask for the options; the reload that follows loses nothing."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options, or keep them; they are kept without their sections."""
        shown: Mapping[str, Any] = self.config_entry.options
        errors: dict[str, str] = {}
        reasons = ""
        if user_input is not None:
            options = {
                key: value
                for part in user_input.values()
                for key, value in part.items()
            }
            tests = options.pop(_TEST, False)
            fault = _fault(options)
            if fault is None and tests:
                reasons = await self._test(options)
                fault = "test_failed" if reasons else None
            if fault is None:
                return self.async_create_entry(data=options)
            shown, errors = options, {"base": fault}
        schema = vol.Schema(
            {
                vol.Required(name): section(
                    self.add_suggested_values_to_schema(part, shown),
                    {"collapsed": name != SECTION_NOTIFICATIONS},
                )
                for name, part in self._sections().items()
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=schema,
            errors=errors,
            description_placeholders={"reasons": reasons},
        )

    async def _test(self, options: Mapping[str, Any]) -> str:
        """Try every channel that was chosen; return what went wrong, a line each."""
        notifier = Notifier(self.hass, self.config_entry, Audience.of(options))
        failed = await notifier.async_test()
        return "\n".join(f"{channel}: {why}" for channel, why in failed.items())

    def _sections(self) -> dict[str, vol.Schema]:
        chosen: list[str] = self.config_entry.options.get(CONF_NOTIFY_SERVICES, [])
        return {
            SECTION_NOTIFICATIONS: _notifications(_rich_services(self.hass, chosen)),
            SECTION_LIMITS: _LIMITS,
            SECTION_TEMPERATURES: _TEMPERATURES,
            SECTION_POLLING: _POLLING,
            SECTION_CERTIFICATE: _CERTIFICATE,
        }
