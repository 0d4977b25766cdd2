"""What the tests of the agent share."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings
import pytest

from .alone import stand_alone_if_needed

stand_alone_if_needed()

from .machine import Machine  # noqa: E402 - needs the above

# How long an example takes says something about the machine, not about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a NAS that runs Linux and has no drives."""
    return Machine(tmp_path)
