"""The texts that people see, outside of what Home Assistant translates by itself."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..reports.phrases import Phrases
from ..reports.reasons import Texts


async def async_words(
    hass: HomeAssistant, category: str, language: str | None = None
) -> Mapping[str, str]:
    """Return the texts of a category of translations/*.json, by their keys.

    Without a language they are in that of this Home Assistant; what a language
    lacks is in English.
    """
    prefix = f"component.{DOMAIN}.{category}."
    texts = await async_get_translations(
        hass, language or hass.config.language, category, {DOMAIN}
    )
    return {key.removeprefix(prefix): text for key, text in texts.items()}


@callback
def common_texts(hass: HomeAssistant, language: str | None = None) -> Texts:
    """Return the texts under `common`, in the language of this Home Assistant.

    Home Assistant has read them when it set the integration up; those of another
    language must have been asked for by `async_words`.
    """
    prefix = f"component.{DOMAIN}.common."
    texts = async_get_cached_translations(
        hass, language or hass.config.language, "common", DOMAIN
    )
    return lambda key: texts.get(f"{prefix}{key}")


async def async_phrases(hass: HomeAssistant) -> Phrases:
    """Return the words of papers, in the language and the zone of Home Assistant."""
    texts: dict[str, str] = {}
    for category in ("common", "entity", "selector"):
        texts |= await async_words(hass, category)
    return Phrases(
        texts=texts,
        language=hass.config.language,
        zone=dt_util.get_default_time_zone(),
    )
