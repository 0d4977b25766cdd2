"""What people are told, in the language of this Home Assistant."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..burnin.model import BurnIn
from ..presentation.words import async_words
from ..reports.reasons import reason_text, reasons_text
from ..runtime.changes import Happening


@dataclass(frozen=True, slots=True)
class Message:
    """A notification."""

    title: str
    text: str


type Quote = Callable[[str], str]
"""Makes of a text from elsewhere what it is written as where the message is read."""


async def async_message(
    hass: HomeAssistant,
    happening: Happening,
    burn_in: BurnIn,
    nas: str,
    quote: Quote = str,
) -> Message:
    """Return what to say of a happening: which drive where, at which stage, why.

    The title is read as it is everywhere; `quote` is for what follows.
    """
    words = await async_words(hass, "common")
    reason = reasons_text(burn_in.reasons, words.get)
    parts = [words[f"notification_message_{happening}"]]
    if stage := burn_in.failed_stage:
        parts.append(words["notification_stage"])
    if reason:
        parts.append(words["notification_reason"])
    stages = await async_words(hass, "entity")
    names = {
        "device": burn_in.device,
        "model": burn_in.drive.model,
        "nas": nas,
        "reason": reason,
        "serial": burn_in.drive.serial,
        "stage": stage and stages.get(f"sensor.stage.state.{stage.kind}", stage.kind),
    }
    quoted = {key: quote(value or "") for key, value in names.items()}
    text = [part.format_map(quoted) for part in parts]
    text += [
        f"- {quote(reason_text(finding.reason, words.get))}"
        for finding in burn_in.findings
    ]
    title = words[f"notification_title_{happening}"].format(**names)
    return Message(title, "\n\n".join(text))


async def async_reply_message(
    hass: HomeAssistant, burn_in: BurnIn, reason: str, quote: Quote = str
) -> Message:
    """Return why a button was not obeyed, and what to do instead."""
    words = await async_words(hass, "common")
    return Message(
        words["notification_title_reply"].format(serial=burn_in.drive.serial),
        words["notification_message_reply"].format(reason=quote(reason)),
    )


async def async_progress_message(hass: HomeAssistant, burn_in: BurnIn) -> Message:
    """Return how far a burn-in is."""
    words = await async_words(hass, "common")
    stages = await async_words(hass, "entity")
    stage = burn_in.stage
    kind = "" if stage is None else str(stage.kind)
    names = {
        "device": burn_in.device,
        "model": burn_in.drive.model,
        "percent": f"{burn_in.percent:.0f}",
        "serial": burn_in.drive.serial,
        "stage": stages.get(f"sensor.stage.state.{kind}", kind),
    }
    return Message(
        words["notification_title_progress"].format(**names),
        words["notification_message_progress"].format(**names),
    )
