"""Tell people what happens to the burn-ins of a NAS."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import logging
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..burnin.model import BurnIn
from ..burnin.reason import ReasonKey
from ..const import DOMAIN
from ..coordinator import BurnInConfigEntry
from ..presentation.words import async_words, common_texts
from ..runtime.changes import Happening, happenings
from ..runtime.issues import report_verdict, verdict_seen
from ..runtime.markdown import as_plain
from ..runtime.options import Audience
from ..runtime.signals import burn_in_signal
from .channels import async_guarded, async_send_to_entities
from .messages import (
    Message,
    async_message,
    async_progress_message,
    async_reply_message,
)
from .push import (
    PAGE,
    async_clear_progress,
    async_push,
    async_push_progress,
    happening_data,
)
from .replies import follow_replies
from .webhook import TEST_PAYLOAD, async_call_webhook, webhook_payload

_LOGGER = logging.getLogger(__name__)

_KEPT: Final = (Happening.FAILED, Happening.INCONCLUSIVE)
"""What is also shown in Home Assistant itself until somebody has seen it."""

_PROGRESS_STEP: Final = 5.0
"""Percent between two pushes: a phone may get a few hundred a day."""


def _given_up(burn_in: BurnIn) -> bool:
    """Tell whether a person ended it without the NAS, and so knows."""
    return any(reason.key == ReasonKey.GIVEN_UP for reason in burn_in.reasons)


class Notifier:
    """Hear of every change of a NAS, and pass on what its audience wants to know."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: BurnInConfigEntry,
        audience: Audience | None = None,
    ) -> None:
        """Keep whose options say who is told, unless it is to be somebody else."""
        self._hass = hass
        self._entry = entry
        self._audience = audience
        self._in_turn = asyncio.Lock()
        self._shown: dict[str, tuple[int | None, float]] = {}

    @property
    def audience(self) -> Audience:
        """Return who is told of what."""
        return self._audience or Audience.of(self._entry.options)

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Listen from now on."""
        signal = burn_in_signal(self._entry.entry_id)
        stops = (
            async_dispatcher_connect(self._hass, signal, self._heard),
            follow_replies(self._hass, self._entry, self._answer),
        )

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    @callback
    def _heard(self, before: BurnIn | None, after: BurnIn) -> None:
        happened = happenings(before, after)
        if before is None and after.retry_of is not None:
            verdict_seen(self._hass, after.retry_of)
        for happening in happened:
            if happening in _KEPT and not _given_up(after):
                self._entry.async_create_task(
                    self._hass, self._keep(happening, after), f"{DOMAIN} failure"
                )
            if happening in self.audience.outcomes:
                self._spawn(partial(self._tell, happening, after))
        if self.audience.notify_progress and self.audience.notify_services:
            self._follow_progress(after, happened)

    @callback
    def _follow_progress(self, after: BurnIn, happened: tuple[Happening, ...]) -> None:
        """Push at each new stage and each further step, and clear up at the end."""
        if after.state.final:
            known = self._shown.pop(after.id, None)
            told = any(item in self.audience.outcomes for item in happened)
            # What is told of the end carries the same tag, so it replaces this.
            if known is not None and not told:
                self._spawn(partial(self._clear_progress, after))
            return
        index, percent = self._shown.get(after.id, (-1, 0.0))
        moved = after.stage_index != index or after.percent >= percent + _PROGRESS_STEP
        if after.started is not None and moved:
            self._shown[after.id] = (after.stage_index, after.percent)
            self._spawn(partial(self._push_progress, after))

    @callback
    def _spawn(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Tell in the background, one thing after the other."""

        async def in_turn() -> None:
            async with self._in_turn:
                try:
                    await tell()
                except Exception:
                    _LOGGER.exception(
                        "Failed to send a notification of %s", self._entry.title
                    )

        self._entry.async_create_task(self._hass, in_turn(), f"{DOMAIN} notification")

    async def _keep(self, happening: Happening, burn_in: BurnIn) -> None:
        message = await async_message(
            self._hass, happening, burn_in, self._entry.title, as_plain
        )
        page = PAGE.format(burn_in.id)
        report_verdict(self._hass, self._entry, burn_in, page, message.text)

    async def _tell(self, happening: Happening, burn_in: BurnIn) -> None:
        """Tell everybody; the failure of one channel concerns no other."""
        audience = self.audience
        message = await async_message(self._hass, happening, burn_in, self._entry.title)
        await async_send_to_entities(self._hass, audience.notify_entities, message)
        data = happening_data(
            happening, burn_in, await async_words(self._hass, "common")
        )
        await async_push(self._hass, audience.notify_services, message, data)
        if audience.webhook_url is not None:
            texts = common_texts(self._hass)
            payload = webhook_payload(happening, burn_in, self._entry.title, texts)
            await async_guarded(
                "The webhook",
                async_call_webhook(self._hass, audience.webhook_url, payload),
            )

    async def _answer(self, burn_in: BurnIn, reason: str) -> None:
        """Answer a press of a button that was not obeyed, and say what to do."""
        shown = await async_reply_message(self._hass, burn_in, reason, as_plain)
        persistent_notification.async_create(
            self._hass, shown.text, shown.title, f"{DOMAIN}_reply_{burn_in.id}"
        )
        message = await async_reply_message(self._hass, burn_in, reason)
        await async_push(self._hass, self.audience.notify_services, message, {})

    async def _push_progress(self, burn_in: BurnIn) -> None:
        message = await async_progress_message(self._hass, burn_in)
        services = self.audience.notify_services
        await async_push_progress(self._hass, services, message, burn_in)

    async def _clear_progress(self, burn_in: BurnIn) -> None:
        await async_clear_progress(self._hass, self.audience.notify_services, burn_in)

    async def async_send(
        self, message: Message, html: str | None = None
    ) -> dict[str, str]:
        """Send anything else to people; return what went wrong by channel."""
        audience = self.audience
        failed = await async_send_to_entities(
            self._hass, audience.notify_entities, message, html
        )
        return failed | await async_push(
            self._hass, audience.notify_services, message, {}
        )

    async def async_test(self) -> dict[str, str]:
        """Try every channel; return what went wrong by channel."""
        words = await async_words(self._hass, "common")
        names = {"nas": self._entry.title}
        failed = await self.async_send(
            Message(
                words["notification_title_test"].format(**names),
                words["notification_message_test"].format(**names),
            )
        )
        if (url := self.audience.webhook_url) is not None:
            call = async_call_webhook(self._hass, url, TEST_PAYLOAD)
            if (reason := await async_guarded("The webhook", call)) is not None:
                failed["webhook"] = reason
        return failed
