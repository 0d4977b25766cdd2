"""Set up a NAS: where it is, and the API key to speak to it."""

from collections.abc import Mapping
from itertools import chain, count
import logging
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import voluptuous as vol
from yarl import URL

from .const import CONF_FINGERPRINT, DOMAIN
from .coordinator import BurnInConfigEntry
from .discovery import Discovered, async_is, async_look, async_moved
from .options_flow import BurnInOptionsFlow
from .runtime.failures import failure_key
from .runtime.markdown import as_plain
from .truenas.certificate import Certificate, read_certificate
from .truenas.client import connect
from .truenas.errors import CertificateRejected, ConnectionFailed, TrueNASError
from .truenas.models import SystemInfo
from .truenas.probe import parse_url

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

_EXAMPLE: Final = "https://truenas.local"
"""hassfest allows no address in a translation."""

_TRUST: Final = "trust"
_TRUST_SCHEMA: Final = vol.Schema(
    {vol.Required(_TRUST, default=False): BooleanSelector()}
)

type Found = tuple[dict[str, str], SystemInfo]
"""What to keep of a NAS, and the NAS that answered."""

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
        """Begin without an error; what is trusted is a fingerprint by address."""
        self._errors: dict[str, str] = {}
        self._reason = ""
        self._typed: Mapping[str, Any] = {}
        self._certificate: Certificate | None = None
        self._trusted: dict[str, str] = {}
        self._found: Found | None = None

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
        if user_input is not None and (step := await self._try(user_input)):
            return step
        return self._form("user", _SCHEMA, self._typed)

    @override
    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """Offer a NAS that announces its web interface."""
        name = discovery_info.name.partition(".")[0]
        host = str(discovery_info.ip_address)
        return await self._discovered(
            await async_look(self.hass, name, host, discovery_info.port)
        )

    @override
    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """Offer a NAS that got an address under the name of one."""
        name, host = discovery_info.hostname, discovery_info.ip
        return await self._discovered(await async_look(self.hass, name, host))

    async def _discovered(self, found: Discovered | None) -> ConfigFlowResult:
        """Ask for the key of a NAS that is new; follow one that has moved."""
        if found is None:
            return self.async_abort(reason="not_truenas")
        await self.async_set_unique_id(found.id)
        self._abort_if_unique_id_configured()
        entries = self._async_current_entries(include_ignore=False)
        for entry in entries:
            if (url := await async_moved(self.hass, entry, found)) is not None:
                self.hass.config_entries.async_update_entry(
                    entry, data={**entry.data, CONF_URL: url}
                )
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
                return self.async_abort(reason="already_configured")
        for entry in entries:
            if await async_is(entry, found):
                return self.async_abort(reason="already_configured")
        self.context["title_placeholders"] = {"name": f"{found.name} ({found.host})"}
        self._typed = {CONF_URL: str(found.url)}
        return await self.async_step_user()

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
            step := await self._try({**entry.data, **user_input})
        ):
            return step
        return self._form(
            "reauth_confirm", _KEY_SCHEMA, self._typed, nas=as_plain(entry.title)
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the same NAS is now, and for its API key."""
        entry = self._get_reconfigure_entry()
        if user_input is not None and (step := await self._try(user_input)):
            return step
        known = self._typed or {CONF_URL: entry.data[CONF_URL]}
        return self._form("reconfigure", _SCHEMA, known, nas=as_plain(entry.title))

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a certificate nobody vouches for; a person may trust exactly it."""
        shown = self._certificate
        if shown is None:
            return self.async_abort(reason="unknown")
        if user_input is not None:
            if not user_input[_TRUST]:
                self._errors = {"base": "not_trusted"}
                return await self._ask_again()
            self._trusted[str(parse_url(self._typed[CONF_URL]))] = shown.fingerprint
            return await self._try(self._typed) or await self._ask_again()
        return self._form(
            "certificate",
            _TRUST_SCHEMA,
            None,
            subject=as_plain(shown.subject),
            issuer=as_plain(shown.issuer),
            reason=as_plain(self._reason),
            not_before=shown.not_before.date().isoformat(),
            not_after=shown.not_after.date().isoformat(),
            fingerprint=shown.readable_fingerprint,
        )

    async def _ask_again(self) -> ConfigFlowResult:
        """Show what was typed and what is wrong with it, where it was typed."""
        if self.source == SOURCE_REAUTH:
            return await self.async_step_reauth_confirm()
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_reconfigure()
        return await self.async_step_user()

    async def async_step_limited(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that this key can only watch; a person may go on all the same."""
        return await self._go_on("limited", user_input)

    async def async_step_write_only(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that this key can write but not verify; a person may go on."""
        return await self._go_on("write_only", user_input)

    async def _go_on(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        if self._found is None:
            return self.async_abort(reason="unknown")
        if user_input is not None:
            return await self._finish(*self._found)
        _, system = self._found
        return self._form(step_id, vol.Schema({}), None, nas=as_plain(system.hostname))

    async def _try(self, typed: Mapping[str, Any]) -> ConfigFlowResult | None:
        """Return the step that follows what was typed; None after an error."""
        self._typed = typed
        found = await self._probe(typed)
        if isinstance(found, Certificate):
            self._certificate = found
            return await self.async_step_certificate()
        if found is None:
            return None
        self._found = found
        _, system = found
        if system.commands:
            return await self._finish(*found)
        return await self._go_on("write_only" if system.wipe else "limited", None)

    def _title(self, hostname: str, url: str) -> str:
        """Return a name that no other NAS has: many are called just truenas."""
        taken = {entry.title for entry in self._async_current_entries()}
        host = URL(url).host
        wanted = (hostname, f"{hostname} ({host})")
        numbered = (f"{hostname} ({host}) {number}" for number in count(2))
        return next(name for name in chain(wanted, numbered) if name not in taken)

    async def _finish(
        self, data: dict[str, str], system: SystemInfo
    ) -> ConfigFlowResult:
        """Keep what was found; a NAS that is there stays the same NAS."""
        await self.async_set_unique_id(system.host_id)
        if self.source not in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            self._abort_if_unique_id_configured()
            self._withdraw_offers(data)
            return self.async_create_entry(
                title=self._title(system.hostname, data[CONF_URL]), data=data
            )
        entry = (
            self._get_reauth_entry()
            if self.source == SOURCE_REAUTH
            else self._get_reconfigure_entry()
        )
        self._abort_if_unique_id_mismatch(
            reason="wrong_system",
            description_placeholders={"nas": as_plain(entry.title)},
        )
        return self.async_update_reload_and_abort(entry, data=data)

    def _withdraw_offers(self, data: Mapping[str, str]) -> None:
        """Offer no longer what was discovered and has now been added by hand."""
        for flow in self._async_in_progress(include_uninitialized=True):
            if flow["context"].get("unique_id") == data.get(CONF_FINGERPRINT, ""):
                self.hass.config_entries.flow.async_abort(flow["flow_id"])

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
            description_placeholders={
                "example": _EXAMPLE,
                "reason": self._reason,
                **placeholders,
            },
        )

    async def _probe(self, typed: Mapping[str, Any]) -> Found | Certificate | None:
        """Return what to keep and the NAS that answers; None after an error.

        A certificate that is not trusted is returned to be shown.
        """
        self._errors = {}
        self._reason = ""
        key = typed[CONF_API_KEY].strip()
        try:
            url = parse_url(typed[CONF_URL])
        except ValueError:
            self._fail("invalid_url")
            return None
        if not key or not key.isascii() or not key.isprintable():
            self._fail("invalid_auth")
            return None
        data = {CONF_URL: str(url), CONF_API_KEY: key}
        pinned = self._trusted.get(str(url), typed.get(CONF_FINGERPRINT))
        if pinned is not None:
            data[CONF_FINGERPRINT] = pinned
        session = async_get_clientsession(self.hass)
        try:
            nas = await connect(session, str(url), key, pinned)
            await nas.close()
        except CertificateRejected as err:
            self._fail(failure_key(err), str(err))
            return await self._read_certificate(url)
        except TrueNASError as err:
            self._fail(failure_key(err), str(err))
            return None
        except Exception:
            _LOGGER.exception("Unexpected error while connecting to a TrueNAS system")
            self._fail("unknown")
            return None
        return data, nas.system

    async def _read_certificate(self, url: URL) -> Certificate | None:
        """Return the certificate to show, or None if it cannot be read either."""
        try:
            shown = await self.hass.async_add_executor_job(read_certificate, url)
        except ConnectionFailed:
            return None
        self._errors = {}
        return shown

    def _fail(self, key: str, reason: str = "") -> None:
        self._errors = {_FIELDS.get(key, "base"): key}
        self._reason = reason
