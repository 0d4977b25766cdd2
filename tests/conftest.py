"""Fixtures that every unit test shares."""

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
import pytest

# Early, so that `custom_components` means ours and not the test plugin's own.
import custom_components  # noqa: F401

# These run in an environment of their own: scripts/e2e.
collect_ignore = ["e2e"]


@pytest.fixture
def hass(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant that looks for custom integrations."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    return hass
