"""What the tests of the agent share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .alone import stand_alone_if_needed

stand_alone_if_needed()

from .machine import Machine  # noqa: E402 - needs the above


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a NAS that runs Linux and has no drives."""
    return Machine(tmp_path)
