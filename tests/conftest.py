"""Fixtures that every unit test shares."""

from collections.abc import Iterator
import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from hypothesis import HealthCheck, settings
import pytest

# Early, so that `custom_components` means ours and not the test plugin's own.
import custom_components  # noqa: F401

from .translation_check import checked_translations

# These run in an environment of their own: scripts/e2e and scripts/rig.
collect_ignore = ["e2e", "rig/cases"]

# The test plugin has every statement logged, which costs more than the statement.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

# How long an example takes says something about the machine, not about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


_FAST = ("burnin", "ledger", "reports", "scripts", "truenas")
"""Folders whose tests need neither Home Assistant nor the mock."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `scripts/test -m fast` runs."""
    tests = Path(__file__).parent
    for item in items:
        fast = item.path.relative_to(tests).parts[0] in _FAST
        if fast and item.path.stem != "test_chaos":
            item.add_marker(pytest.mark.fast)


@pytest.fixture
def hass(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant that looks for custom integrations."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    return hass


@pytest.fixture(autouse=True)
def translations() -> Iterator[None]:
    """Fail a test that shows a person what translations/en.json does not say."""
    with checked_translations() as check:
        yield
    assert check.complaints == []
