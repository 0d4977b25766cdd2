"""How the panel asks for part of a long list."""

from typing import Final

from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

PAGE: Final[VolDictType] = {
    vol.Optional("limit", default=50): vol.All(int, vol.Range(min=1, max=500)),
    vol.Optional("offset", default=0): vol.All(int, vol.Range(min=0)),
}
