"""What the tests of the agent share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import threading

from hypothesis import HealthCheck, settings
import pytest

from .alone import stand_alone_if_needed

stand_alone_if_needed()

from custom_components.truenas_burnin.nas_agent.guard import HEAT  # noqa: E402

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


@pytest.fixture(autouse=True)
def ended_threads() -> Iterator[None]:
    """Let a worker's threads end: one may still be waiting for its last smartctl."""
    yield
    for thread in threading.enumerate():
        if thread.name in ("guard", HEAT):
            thread.join(timeout=10)
