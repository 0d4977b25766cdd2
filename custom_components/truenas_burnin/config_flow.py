"""Set up a NAS: where it is, and the API key to speak to it."""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import DOMAIN
from .coordinator import BurnInConfigEntry
from .failures import failure_key
from .options_flow import BurnInOptionsFlow
from .truenas.client import connect, parse_url
from .truenas.errors import TrueNASError
from .truenas.models import SystemInfo

_LOGGER = logging.getLogger(__name__)

_KEY_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_API_KEY): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        )
    }
)
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        )
    }
).extend(_KEY_SCHEMA.schema)

_FIELDS: Final[Mapping[str, str]] = {
    "certificate_rejected": CONF_URL,
    "https_required": CONF_URL,
    "invalid_auth": CONF_API_KEY,
    "invalid_response": CONF_URL,
    "invalid_url": CONF_URL,
    "not_authorized": CONF_API_KEY,
}
"""The field that an error is shown at; all others are shown above the form."""


class BurnInConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask for a NAS and prove that it can be spoken to before keeping it."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin without an error."""
        self._errors: dict[str, str] = {}
        self._reason = ""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: BurnInConfigEntry) -> BurnInOptionsFlow:
        """Return the flow that changes the options."""
        return BurnInOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add a NAS; one that is already there keeps its credentials."""
        if user_input is not None and (found := await self._probe(user_input)):
            data, system = found
            await self.async_set_unique_id(system.host_id)
            self._abort_if_unique_id_configured()
            return self.async_create_entry(title=system.hostname, data=data)
        return self._form("user", _SCHEMA, user_input)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin to ask for a new API key."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new API key of the same NAS."""
        entry = self._get_reauth_entry()
        if user_input is not None and (
            found := await self._probe({**entry.data, **user_input})
        ):
            return await self._replace(entry, *found)
        return self._form("reauth_confirm", _KEY_SCHEMA, user_input, nas=entry.title)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the same NAS is now, and for its API key."""
        entry = self._get_reconfigure_entry()
        if user_input is not None and (found := await self._probe(user_input)):
            return await self._replace(entry, *found)
        known = user_input or {CONF_URL: entry.data[CONF_URL]}
        return self._form("reconfigure", _SCHEMA, known, nas=entry.title)

    async def _replace(
        self, entry: BurnInConfigEntry, data: dict[str, str], system: SystemInfo
    ) -> ConfigFlowResult:
        """Keep the new data, unless it leads to another NAS."""
        await self.async_set_unique_id(system.host_id)
        self._abort_if_unique_id_mismatch(
            reason="wrong_system", description_placeholders={"nas": entry.title}
        )
        return self.async_update_reload_and_abort(entry, data_updates=data)

    def _form(
        self,
        step_id: str,
        schema: vol.Schema,
        known: Mapping[str, Any] | None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, known),
            errors=self._errors,
            description_placeholders={**placeholders, "reason": self._reason},
        )

    async def _probe(
        self, typed: Mapping[str, Any]
    ) -> tuple[dict[str, str], SystemInfo] | None:
        """Return what to keep and the NAS that answers; None after an error."""
        self._errors = {}
        self._reason = ""
        key = typed[CONF_API_KEY].strip()
        try:
            url = str(parse_url(typed[CONF_URL]))
        except ValueError:
            self._fail("invalid_url")
            return None
        if not key or not key.isascii() or not key.isprintable():
            self._fail("invalid_auth")
            return None
        try:
            nas = await connect(async_get_clientsession(self.hass), url, key)
            await nas.close()
        except TrueNASError as err:
            self._fail(failure_key(err), str(err))
            return None
        except Exception:
            _LOGGER.exception("Unexpected error while connecting to a TrueNAS system")
            self._fail("unknown")
            return None
        return {CONF_URL: url, CONF_API_KEY: key}, nas.system

    def _fail(self, key: str, reason: str = "") -> None:
        self._errors = {_FIELDS.get(key, "base"): key}
        self._reason = reason
