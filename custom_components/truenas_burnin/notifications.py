"""Tell people how a burn-in ended."""

from collections.abc import Mapping
import logging
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.components.notify.const import (
    ATTR_MESSAGE,
    ATTR_TITLE,
    DOMAIN as NOTIFY_DOMAIN,
    SERVICE_SEND_MESSAGE,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.translation import async_get_translations

from .burnin.model import BurnIn, BurnInState
from .const import CONF_NOTIFY_ENTITIES, CONF_NOTIFY_ON_PASS, DOMAIN
from .coordinator import BurnInConfigEntry
from .signals import nas_signal

_LOGGER = logging.getLogger(__name__)

_BAD: Final = (BurnInState.FAILED, BurnInState.UNKNOWN)


class Notifier:
    """Hear of every change of a NAS; speak when a burn-in has ended."""

    def __init__(self, hass: HomeAssistant, entry: BurnInConfigEntry) -> None:
        """Keep whose options say who is told."""
        self._hass = hass
        self._entry = entry

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Listen from now on."""
        signal = nas_signal(self._entry.entry_id)
        return async_dispatcher_connect(self._hass, signal, self._heard)

    @callback
    def _heard(self, before: BurnIn | None, after: BurnIn) -> None:
        if before is not None and before.state.final:
            return
        bad = after.state in _BAD
        passed = after.state is BurnInState.PASSED
        if bad or (passed and self._entry.options.get(CONF_NOTIFY_ON_PASS, False)):
            self._entry.async_create_task(
                self._hass, self._tell(after, keep=bad), f"{DOMAIN} notification"
            )

    async def _tell(self, burn_in: BurnIn, *, keep: bool) -> None:
        """Say it here, where it stays until dismissed, and to every notifier."""
        title, message = await self._words(burn_in)
        if keep:
            persistent_notification.async_create(
                self._hass, message, title, f"{DOMAIN}_{burn_in.id}"
            )
        for entity_id in self._entry.options.get(CONF_NOTIFY_ENTITIES, ()):
            await self._send(entity_id, title, message)

    async def _send(self, entity_id: str, title: str, message: str) -> None:
        """Send to one notifier; its failure concerns nobody else."""
        data = {ATTR_ENTITY_ID: entity_id, ATTR_TITLE: title, ATTR_MESSAGE: message}
        try:
            await self._hass.services.async_call(
                NOTIFY_DOMAIN, SERVICE_SEND_MESSAGE, data, blocking=True
            )
        except HomeAssistantError as err:
            _LOGGER.warning("%s could not be notified: %s", entity_id, err)
        except Exception:
            _LOGGER.exception("%s could not be notified", entity_id)

    async def _words(self, burn_in: BurnIn) -> tuple[str, str]:
        """Return title and message in the language of this Home Assistant."""
        words = await self._translations("common")
        states = await self._translations("entity")
        texts: list[str] = []
        if stage := burn_in.failed_stage:
            name = states.get(f"sensor.stage.state.{stage.kind}", str(stage.kind))
            texts.append(words["notification_stage"].format(stage=name))
        if burn_in.reason:
            texts.append(words["notification_reason"].format(reason=burn_in.reason))
        texts += [f"- {finding.text}" for finding in burn_in.findings]
        drive = {
            "device": burn_in.device,
            "model": burn_in.drive.model,
            "nas": self._entry.title,
            "serial": burn_in.drive.serial,
        }
        title = words[f"notification_title_{burn_in.state}"].format(**drive)
        message = words[f"notification_message_{burn_in.state}"].format(**drive)
        return title, "\n\n".join((message, *texts))

    async def _translations(self, category: str) -> Mapping[str, str]:
        prefix = f"component.{DOMAIN}.{category}."
        texts = await async_get_translations(
            self._hass, self._hass.config.language, category, {DOMAIN}
        )
        return {key.removeprefix(prefix): text for key, text in texts.items()}
