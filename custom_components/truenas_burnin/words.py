"""The texts that people see, outside of what Home Assistant translates by itself."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN


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
